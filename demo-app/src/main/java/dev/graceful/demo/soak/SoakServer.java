package dev.graceful.demo.soak;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;

/**
 * The server under the soak: an ordinary one on the JDK's HttpServer, which knows nothing of
 * graceful. Argument: the port. Its version stands in the manifest.
 */
public final class SoakServer {
  private SoakServer() {}

  /** Serves until it is killed. */
  public static void main(String[] args) throws IOException {
    System.setProperty("sun.net.httpserver.nodelay", "true");
    String version = SoakServer.class.getPackage().getImplementationVersion();
    InetSocketAddress address =
        new InetSocketAddress(InetAddress.getLoopbackAddress(), Integer.parseInt(args[0]));
    HttpServer server = HttpServer.create(address, 0);
    server.setExecutor(Executors.newCachedThreadPool());
    server.createContext("/", exchange -> answer(exchange, version, hello(version)));
    byte[] pid = Long.toString(ProcessHandle.current().pid()).getBytes(StandardCharsets.UTF_8);
    server.createContext("/pid", exchange -> answer(exchange, version, pid));
    server.createContext("/echo", exchange -> answer(exchange, version, body(exchange)));
    server.createContext(
        "/slow",
        exchange -> {
          pause(exchange.getRequestURI().getQuery());
          answer(exchange, version, hello(version));
        });
    server.start();
  }

  private static byte[] hello(String version) {
    return ("hello from " + version + "\n").getBytes(StandardCharsets.UTF_8);
  }

  private static byte[] body(HttpExchange exchange) throws IOException {
    return exchange.getRequestBody().readAllBytes();
  }

  /** Works for as long as {@code ms=N} says. */
  private static void pause(String query) {
    try {
      TimeUnit.MILLISECONDS.sleep(Long.parseLong(query.replaceFirst(".*ms=", "")));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static void answer(HttpExchange exchange, String version, byte[] body)
      throws IOException {
    try (exchange) {
      exchange.getRequestBody().readAllBytes();
      exchange.getResponseHeaders().set("X-Version", version);
      exchange.sendResponseHeaders(200, body.length);
      exchange.getResponseBody().write(body);
    }
  }
}
