package dev.graceful.agent;

import com.sun.net.httpserver.HttpServer;
import java.io.BufferedReader;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketAddress;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.nio.channels.AsynchronousServerSocketChannel;
import java.nio.channels.AsynchronousSocketChannel;
import java.nio.channels.Channels;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.CompletionHandler;
import java.nio.channels.FileChannel;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Objects;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.function.Function;

/**
 * The application under test: a keep-alive HTTP server of each kind that the JDK's sockets allow. A
 * request for /wait is answered when its standard input says "go". Kind timed-socket answers on a
 * silent connection, once, when it says "unasked".
 *
 * <p>Arguments: kind, port, name, host. An answer to /peer ends with the client's address.
 */
final class KeepAliveApp {
  private static final String SENDFILE = "sendfile";
  private static final Semaphore GATE = new Semaphore(0);
  private static final String UNASKED =
      "HTTP/1.1 408 Request Timeout\r\nContent-Length: 7\r\n\r\nunasked";
  private static final Semaphore UNASKED_GATE = new Semaphore(0);
  private static String name = "";

  /** The server of a blocking kind. */
  private static Closeable listening;

  private KeepAliveApp() {}

  public static void main(String[] arguments) throws Exception {
    InetSocketAddress address = new InetSocketAddress(arguments[3], Integer.parseInt(arguments[1]));
    name = arguments[2];
    switch (arguments[0]) {
      case "selector" -> selector(address);
      case "channel" -> channel(address, Thread::new);
      case "sendfile" -> channel(address, task -> new Thread(task, SENDFILE));
      case "virtual-channel" -> channel(address, virtual());
      case "socket" -> socket(address, 0, Thread::new);
      case "timed-socket" -> socket(address, 100, Thread::new);
      case "virtual-socket" -> socket(address, 0, virtual());
      case "async" -> async(address);
      case "http" -> http(address);
      default -> throw new IllegalArgumentException(arguments[0]);
    }
    System.out.println("BOUND");
    BufferedReader lines =
        new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    String line = lines.readLine();
    while (line != null && !line.equals("exit")) {
      if (line.equals("go")) {
        GATE.release();
      } else if (line.equals("unasked")) {
        UNASKED_GATE.release();
      } else if (line.equals("close")) {
        Objects.requireNonNull(listening).close();
        System.out.println("CLOSED");
      }
      line = lines.readLine();
    }
    System.exit(0);
  }

  private static Function<Runnable, Thread> virtual() throws ReflectiveOperationException {
    // compiled for 17
    java.lang.reflect.Method start = Thread.class.getMethod("startVirtualThread", Runnable.class);
    return task ->
        new Thread(
            () -> {
              try {
                start.invoke(null, task);
              } catch (ReflectiveOperationException e) {
                e.printStackTrace();
              }
            });
  }

  private static Conversation conversation(SocketAddress peer) {
    return new Conversation(
        request -> answer(request) + (request.contains("/peer") ? " " + peer : ""));
  }

  private static String answer(String request) {
    System.out.println("ASKED " + request);
    if (request.contains("/wait")) {
      GATE.acquireUninterruptibly();
    }
    return name + " " + request;
  }

  private static void selector(InetSocketAddress address) throws IOException {
    Selector selector = Selector.open();
    ServerSocketChannel server = ServerSocketChannel.open();
    server.configureBlocking(false);
    server.register(selector, SelectionKey.OP_ACCEPT);
    server.bind(address);
    new Thread(() -> select(selector, server)).start();
  }

  private static void select(Selector selector, ServerSocketChannel server) {
    ByteBuffer buffer = ByteBuffer.allocateDirect(8192);
    byte[] bytes = new byte[8192];
    while (true) {
      try {
        selector.select();
        for (SelectionKey key : selector.selectedKeys()) {
          if (key.channel() == server) {
            SocketChannel client = server.accept();
            if (client != null) {
              client.configureBlocking(false);
              client.register(
                  selector, SelectionKey.OP_READ, conversation(client.getRemoteAddress()));
            }
            continue;
          }
          SocketChannel client = (SocketChannel) key.channel();
          try {
            buffer.clear();
            int count = client.read(buffer);
            if (count < 0) {
              client.close();
              continue;
            }
            buffer.flip().get(bytes, 0, count);
            ByteBuffer out = ByteBuffer.wrap(((Conversation) key.attachment()).feed(bytes, count));
            while (out.hasRemaining()) {
              client.write(out);
            }
          } catch (IOException e) {
            client.close();
          }
        }
        selector.selectedKeys().clear();
      } catch (IOException e) {
        e.printStackTrace();
      }
    }
  }

  private static void converse(InputStream in, OutputStream out, SocketAddress peer)
      throws IOException {
    Conversation conversation = conversation(peer);
    byte[] bytes = new byte[8192];
    while (true) {
      int count;
      try {
        count = in.read(bytes);
      } catch (SocketTimeoutException e) {
        if (UNASKED_GATE.tryAcquire()) {
          out.write(UNASKED.getBytes(StandardCharsets.US_ASCII));
        }
        continue;
      }
      if (count < 0) {
        return;
      }
      out.write(conversation.feed(bytes, count));
    }
  }

  private static void channel(InetSocketAddress address, Function<Runnable, Thread> threads)
      throws IOException {
    ServerSocketChannel server = ServerSocketChannel.open();
    server.bind(address);
    listening = server;
    threads
        .apply(
            () -> {
              while (server.isOpen()) {
                try {
                  SocketChannel client = server.accept();
                  threads.apply(() -> serve(client)).start();
                } catch (ClosedChannelException e) {
                  // as it was told
                } catch (IOException e) {
                  e.printStackTrace();
                }
              }
            })
        .start();
  }

  private static void serve(SocketChannel client) {
    try (client) {
      OutputStream out =
          Thread.currentThread().getName().equals(SENDFILE)
              ? new FileSender(client)
              : Channels.newOutputStream(client);
      converse(Channels.newInputStream(client), out, client.getRemoteAddress());
    } catch (IOException e) {
      // the client has gone
    }
  }

  /** Writes a head as it is, and the body behind it from a file. */
  private static final class FileSender extends OutputStream {
    private final SocketChannel client;

    FileSender(SocketChannel client) {
      this.client = client;
    }

    @Override
    public void write(int one) {
      throw new UnsupportedOperationException();
    }

    @Override
    public void write(byte[] bytes, int from, int length) throws IOException {
      String text = new String(bytes, from, length, StandardCharsets.ISO_8859_1);
      int head = text.indexOf("\r\n\r\n") + 4;
      client.write(ByteBuffer.wrap(bytes, from, head));
      if (head < length) {
        Path file = Files.createTempFile("answer", null);
        Files.write(file, Arrays.copyOfRange(bytes, from + head, from + length));
        try (FileChannel all = FileChannel.open(file)) {
          all.transferTo(0, length - head, client);
        }
        Files.delete(file);
      }
    }
  }

  private static void socket(
      InetSocketAddress address, int timeout, Function<Runnable, Thread> threads)
      throws IOException {
    ServerSocket server = new ServerSocket();
    server.bind(address);
    server.setSoTimeout(timeout);
    threads
        .apply(
            () -> {
              while (true) {
                try {
                  Socket client = server.accept();
                  client.setSoTimeout(timeout);
                  threads.apply(() -> serve(client)).start();
                } catch (SocketTimeoutException e) {
                  // as the server wants it
                } catch (IOException e) {
                  e.printStackTrace();
                }
              }
            })
        .start();
  }

  private static void serve(Socket client) {
    try (client) {
      converse(client.getInputStream(), client.getOutputStream(), client.getRemoteSocketAddress());
    } catch (IOException e) {
      // the client has gone
    }
  }

  private static void async(InetSocketAddress address) throws IOException {
    AsynchronousServerSocketChannel server = AsynchronousServerSocketChannel.open();
    server.bind(address);
    server.accept(
        null,
        new CompletionHandler<AsynchronousSocketChannel, Void>() {
          @Override
          public void completed(AsynchronousSocketChannel client, Void attachment) {
            server.accept(null, this);
            next(client, ByteBuffer.allocate(8192), new Conversation(KeepAliveApp::answer));
          }

          @Override
          public void failed(Throwable e, Void attachment) {
            e.printStackTrace();
          }
        });
  }

  private static void next(
      AsynchronousSocketChannel client, ByteBuffer buffer, Conversation conversation) {
    client.read(
        buffer.clear(),
        null,
        new CompletionHandler<Integer, Void>() {
          @Override
          public void completed(Integer count, Void attachment) {
            try {
              if (count < 0) {
                client.close();
                return;
              }
              ByteBuffer out = ByteBuffer.wrap(conversation.feed(buffer.array(), count));
              while (out.hasRemaining()) {
                client.write(out).get();
              }
              next(client, buffer, conversation);
            } catch (Exception e) {
              e.printStackTrace();
            }
          }

          @Override
          public void failed(Throwable e, Void attachment) {
            try {
              client.close();
            } catch (IOException again) {
              again.printStackTrace();
            }
          }
        });
  }

  private static void http(InetSocketAddress address) throws IOException {
    HttpServer server = HttpServer.create(address, 50);
    server.setExecutor(Executors.newCachedThreadPool());
    server.createContext(
        "/",
        exchange -> {
          int length = exchange.getRequestBody().readAllBytes().length;
          String line = exchange.getRequestMethod() + " " + exchange.getRequestURI() + " HTTP/1.1";
          byte[] body = answer(line + " " + length).getBytes(StandardCharsets.US_ASCII);
          if (exchange.getRequestMethod().equals("HEAD")) {
            exchange.getResponseHeaders().set("Content-Length", "" + body.length);
            exchange.sendResponseHeaders(200, -1);
          } else {
            exchange.sendResponseHeaders(200, body.length);
            exchange.getResponseBody().write(body);
          }
          exchange.close();
        });
    server.start();
  }
}
