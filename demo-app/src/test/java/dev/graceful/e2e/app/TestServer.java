package dev.graceful.e2e.app;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Locale;
import java.util.concurrent.CountDownLatch;

/**
 * A server that a test can tell what to be. Settings, all optional:
 *
 * <ul>
 *   <li>{@code kind} as {@link Kind}; {@code host}, empty for the wildcard; {@code ports=1,2};
 *   <li>{@code gates} the folder of the gates; {@code startgate} a gate before the first bind;
 *   <li>{@code crash}, {@code exit}, {@code hang}: what to do instead of serving, {@code
 *       hang=bound} after the bind; {@code lines=N} to print before;
 *   <li>{@code tryport}: a port to bind whose failure is only noted; {@code stdin}: read a line;
 *   <li>{@code stuck}: a shutdown hook that never ends;
 *   <li>{@code sdk=hold|hooks|drain} (comma-separated), {@code readygate}, {@code draingate},
 *       {@code drainexit}: see {@link Sdk}.
 * </ul>
 */
public final class TestServer {
  private TestServer() {}

  /** Serves until it is killed. */
  public static void main(String[] args) throws IOException, InterruptedException {
    System.setProperty("sun.net.httpserver.nodelay", "true");
    Settings settings = Settings.read(args);
    String version = settings.version();
    Gates gates = new Gates(Path.of(settings.get("gates", ".")));
    Info info = new Info(settings);
    System.out.println("starting " + version);
    if (settings.has("sdk")) {
      Sdk.prepare(settings, gates, info);
    }
    for (int i = 1; i <= Integer.parseInt(settings.get("lines", "0")); i++) {
      System.err.println("line " + i + " of " + version);
    }
    if (settings.has("startgate")) {
      gates.pass(settings.get("startgate", ""));
    }
    misbehave(settings);
    Runtime.getRuntime().addShutdownHook(new Thread(() -> shutDown(settings)));
    if (settings.has("stdin")) {
      info.add("stdin", String.valueOf(readLine()));
    }
    if (settings.has("tryport")) {
      tryPort(settings, info);
    }
    listen(settings, new Service(settings, gates, info), info);
    if ("bound".equals(settings.get("hang", ""))) {
      forever();
    }
    if (settings.has("sdk")) {
      if (settings.has("readygate")) {
        gates.pass(settings.get("readygate", ""));
      }
      Sdk.ready(settings);
    }
    System.out.println("serving " + version);
    forever();
  }

  private static void misbehave(Settings settings) throws InterruptedException {
    if (settings.has("crash")) {
      throw new IllegalStateException(settings.get("crash", ""));
    }
    if (settings.has("exit")) {
      System.out.println("leaving " + settings.version());
      System.exit(Integer.parseInt(settings.get("exit", "0")));
    }
    if ("start".equals(settings.get("hang", ""))) {
      System.out.println("hanging " + settings.version());
      forever();
    }
  }

  private static void listen(Settings settings, Service service, Info info) throws IOException {
    Kind kind = Kind.valueOf(settings.get("kind", "nio").toUpperCase(Locale.ROOT));
    String host = settings.get("host", "127.0.0.1");
    for (String port : settings.get("ports", "").split(",")) {
      if (!port.isEmpty()) {
        int number = Integer.parseInt(port);
        InetSocketAddress address =
            host.isEmpty() ? new InetSocketAddress(number) : new InetSocketAddress(host, number);
        info.add("local", kind.listen(address, service).toString());
      }
    }
  }

  private static void tryPort(Settings settings, Info info) {
    int port = Integer.parseInt(settings.get("tryport", ""));
    InetSocketAddress address = new InetSocketAddress(settings.get("host", "127.0.0.1"), port);
    try (ServerSocket socket = new ServerSocket()) {
      socket.bind(address);
      info.add("tried", "bound");
    } catch (IOException e) {
      info.add("tried", e.toString());
    }
  }

  private static String readLine() throws IOException {
    return new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8)).readLine();
  }

  private static void shutDown(Settings settings) {
    System.out.println("shutdown hook of " + settings.version());
    if (settings.has("stuck")) {
      try {
        forever();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
  }

  private static void forever() throws InterruptedException {
    new CountDownLatch(1).await();
  }
}
