package dev.graceful.agent;

import com.sun.net.httpserver.HttpServer;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketAddress;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.nio.channels.AsynchronousServerSocketChannel;
import java.nio.channels.AsynchronousSocketChannel;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.CompletionHandler;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.function.Function;

/**
 * The application under test: one server of each kind of listener, which knows nothing of us. It
 * answers each connection with an HTTP response and closes it; it prints its local address as each
 * of its classes tells it; it obeys lines on its standard input.
 *
 * <p>Arguments: kind, host ("*" for no address at all), port.
 */
final class ServerApp {
  private static final byte[] ANSWER =
      "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\nok"
          .getBytes(StandardCharsets.US_ASCII);

  private ServerApp() {}

  public static void main(String[] arguments) throws Exception {
    AutoCloseable server = open(arguments);
    BufferedReader input =
        new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    String line = input.readLine();
    while (line != null && !line.equals("exit")) {
      if (line.equals("close")) {
        server.close();
        System.out.println("CLOSED");
      } else if (line.startsWith("open ")) {
        server = open(line.substring(5).split(" "));
      } else if (line.startsWith("bridge ")) {
        bridge(line.substring(7));
      } else {
        System.out.println(line);
        System.err.println(line);
      }
      line = input.readLine();
    }
    System.exit(0);
  }

  private static AutoCloseable open(String[] arguments) throws Exception {
    int port = Integer.parseInt(arguments[2]);
    InetSocketAddress address =
        arguments[1].equals("*")
            ? new InetSocketAddress(port)
            : new InetSocketAddress(InetAddress.getByName(arguments[1]), port);
    try {
      return open(arguments[0], address);
    } catch (IOException e) {
      System.out.println("FAILED " + e);
      return () -> {};
    }
  }

  private static AutoCloseable open(String kind, InetSocketAddress address) throws Exception {
    return switch (kind) {
      case "selector" -> selector(address);
      case "channel" -> channel(address, Thread::new);
      case "virtual-channel" -> channel(address, ServerApp::virtual);
      case "socket" -> socket(address, 0, Thread::new);
      case "timed-socket" -> socket(address, 50, Thread::new);
      case "virtual-socket" -> socket(address, 0, ServerApp::virtual);
      case "async" -> async(address);
      case "http" -> http(address);
      case "none" -> () -> {};
      default -> throw new IllegalArgumentException(kind);
    };
  }

  private static Thread virtual(Runnable task) {
    try {
      Object builder = Thread.class.getMethod("ofVirtual").invoke(null);
      return (Thread)
          Class.forName("java.lang.Thread$Builder")
              .getMethod("unstarted", Runnable.class)
              .invoke(builder, task);
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException(e);
    }
  }

  private static void bound(Object... addresses) {
    StringBuilder line = new StringBuilder("BOUND");
    for (Object address : addresses) {
      line.append(' ').append(address);
      if (address instanceof InetSocketAddress inet) {
        line.append('=').append(inet.getAddress().getClass().getSimpleName());
      }
    }
    System.out.println(line);
  }

  private static AutoCloseable selector(SocketAddress address) throws IOException {
    Selector selector = Selector.open();
    ServerSocketChannel server = ServerSocketChannel.open();
    server.configureBlocking(false);
    server.register(selector, SelectionKey.OP_ACCEPT);
    server.bind(address, 17);
    bound(server.getLocalAddress(), server.socket().getLocalSocketAddress());
    new Thread(
            () -> {
              try {
                while (true) {
                  selector.select();
                  selector.selectedKeys().clear();
                  if (!server.isOpen()) {
                    continue;
                  }
                  SocketChannel client = server.accept();
                  if (client != null) {
                    answer(client);
                  }
                }
              } catch (IOException e) {
                stopped(e);
              }
            })
        .start();
    return () -> {
      server.close();
      selector.wakeup();
    };
  }

  private static AutoCloseable channel(SocketAddress address, Function<Runnable, Thread> threads)
      throws IOException {
    ServerSocketChannel server = ServerSocketChannel.open();
    server.bind(address, 17);
    bound(server.getLocalAddress(), server.socket().getLocalSocketAddress());
    threads
        .apply(
            () -> {
              try {
                while (true) {
                  answer(server.accept());
                }
              } catch (ClosedChannelException e) {
                System.out.println("LEFT");
              } catch (IOException e) {
                stopped(e);
              }
            })
        .start();
    return server;
  }

  private static AutoCloseable socket(
      InetSocketAddress address, int timeout, Function<Runnable, Thread> threads)
      throws IOException {
    ServerSocket server = new ServerSocket();
    server.bind(address, 17);
    server.setSoTimeout(timeout);
    bound(server.getLocalSocketAddress(), server.getLocalPort(), server.getInetAddress());
    threads
        .apply(
            () -> {
              while (true) {
                try (Socket client = server.accept()) {
                  client.getOutputStream().write(ANSWER);
                  linger(client);
                } catch (SocketTimeoutException e) {
                  // as the server wants it
                } catch (IOException e) {
                  if (server.isClosed()) {
                    System.out.println("LEFT");
                  } else {
                    stopped(e);
                  }
                  return;
                }
              }
            })
        .start();
    return server;
  }

  private static void linger(Socket client) throws IOException {
    client.shutdownOutput();
    client.setSoTimeout(120_000);
    client.getInputStream().readAllBytes();
  }

  private static AutoCloseable async(SocketAddress address) throws IOException {
    AsynchronousServerSocketChannel server = AsynchronousServerSocketChannel.open();
    server.bind(address, 17);
    bound(server.getLocalAddress());
    server.accept(
        null,
        new CompletionHandler<AsynchronousSocketChannel, Void>() {
          @Override
          public void completed(AsynchronousSocketChannel client, Void attachment) {
            server.accept(null, this);
            try (client) {
              client.write(ByteBuffer.wrap(ANSWER)).get();
              client.shutdownOutput();
              ByteBuffer rest = ByteBuffer.allocate(1_000);
              while (client.read(rest).get() >= 0) {
                rest.clear();
              }
            } catch (Exception e) {
              stopped(e);
            }
          }

          @Override
          public void failed(Throwable e, Void attachment) {
            System.out.println("LEFT");
          }
        });
    return server;
  }

  private static AutoCloseable http(InetSocketAddress address) throws IOException {
    HttpServer server = HttpServer.create(address, 17);
    server.createContext(
        "/",
        exchange -> {
          exchange.getResponseHeaders().set("Connection", "close");
          exchange.sendResponseHeaders(200, 2);
          exchange.getResponseBody().write("ok".getBytes(StandardCharsets.US_ASCII));
          exchange.close();
        });
    server.start();
    bound(server.getAddress());
    return () -> server.stop(0);
  }

  private static void answer(SocketChannel client) throws IOException {
    try (client) {
      client.configureBlocking(true);
      client.write(ByteBuffer.wrap(ANSWER));
      linger(client.socket());
    }
  }

  private static void stopped(Throwable e) {
    System.out.println("STOPPED " + e);
  }

  /** Speaks to the bridge as the public API does: command and arguments, with spaces between. */
  private static void bridge(String words) throws Exception {
    Object[] command = Arrays.copyOf(words.split(" "), words.split(" ").length, Object[].class);
    if (command[0].equals("onDrain")) {
      java.util.function.LongConsumer print = left -> System.out.println("DRAIN " + left);
      command = new Object[] {"onDrain", print};
    } else if (command[0].equals("hook")) {
      String name = (String) command[3];
      Runnable hook =
          () -> {
            System.out.println("HOOK " + name);
            if (name.startsWith("bad")) {
              throw new IllegalStateException(name);
            }
          };
      command[3] = hook;
    }
    Class<?> bridge =
        Class.forName("dev.graceful.agent.Bridge", true, ClassLoader.getSystemClassLoader());
    @SuppressWarnings("unchecked")
    Function<Object[], Object> call =
        (Function<Object[], Object>) bridge.getField("call").get(null);
    System.out.println("ANSWER " + call.apply(command));
  }
}
