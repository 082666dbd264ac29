package dev.graceful.e2e.app;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketAddress;
import java.nio.channels.AsynchronousServerSocketChannel;
import java.nio.channels.AsynchronousSocketChannel;
import java.nio.channels.Channels;
import java.nio.channels.CompletionHandler;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.concurrent.Executors;

/** The ways in which a Java server listens. */
enum Kind {
  /** A selector that accepts. */
  NIO {
    @Override
    SocketAddress listen(InetSocketAddress address, Service service) throws IOException {
      ServerSocketChannel channel = ServerSocketChannel.open().bind(address);
      channel.configureBlocking(false);
      Selector selector = Selector.open();
      channel.register(selector, SelectionKey.OP_ACCEPT);
      start(
          () -> {
            while (true) {
              selector.select();
              selector.selectedKeys().clear();
              for (SocketChannel c = channel.accept(); c != null; c = channel.accept()) {
                converse(service, c);
              }
            }
          });
      return channel.getLocalAddress();
    }
  },
  /** A blocking channel. */
  CHANNEL {
    @Override
    SocketAddress listen(InetSocketAddress address, Service service) throws IOException {
      ServerSocketChannel channel = ServerSocketChannel.open().bind(address);
      start(
          () -> {
            while (true) {
              converse(service, channel.accept());
            }
          });
      return channel.getLocalAddress();
    }
  },
  /** A plain ServerSocket. */
  SOCKET {
    @Override
    SocketAddress listen(InetSocketAddress address, Service service) throws IOException {
      ServerSocket listener = new ServerSocket();
      listener.bind(address);
      start(
          () -> {
            while (true) {
              Socket s = listener.accept();
              spawn(new Conversation(service, s.getInputStream(), s.getOutputStream(), s));
            }
          });
      return listener.getLocalSocketAddress();
    }
  },
  /** A plain ServerSocket that serves one connection at a time; the others wait in its queue. */
  SERIAL {
    @Override
    SocketAddress listen(InetSocketAddress address, Service service) throws IOException {
      ServerSocket listener = new ServerSocket();
      listener.bind(address);
      start(
          () -> {
            while (true) {
              Socket s = listener.accept();
              new Conversation(service, s.getInputStream(), s.getOutputStream(), s).run();
            }
          });
      return listener.getLocalSocketAddress();
    }
  },
  /** An asynchronous channel. */
  ASYNC {
    @Override
    SocketAddress listen(InetSocketAddress address, Service service) throws IOException {
      AsynchronousServerSocketChannel channel =
          AsynchronousServerSocketChannel.open().bind(address);
      channel.accept(
          null,
          new CompletionHandler<AsynchronousSocketChannel, Void>() {
            @Override
            public void completed(AsynchronousSocketChannel c, Void none) {
              channel.accept(null, this);
              InputStream in = Channels.newInputStream(c);
              OutputStream out = Channels.newOutputStream(c);
              spawn(new Conversation(service, in, out, c));
            }

            @Override
            public void failed(Throwable e, Void none) {
              fail(e);
            }
          });
      return channel.getLocalAddress();
    }
  },
  /** The JDK's HttpServer. */
  HTTPSERVER {
    @Override
    SocketAddress listen(InetSocketAddress address, Service service) throws IOException {
      HttpServer server = HttpServer.create(address, 0);
      server.setExecutor(Executors.newCachedThreadPool());
      server.createContext("/", exchange -> exchange(service, exchange));
      server.start();
      return server.getAddress();
    }
  };

  /** Binds, serves from then on, and tells the address that the listener says it has. */
  abstract SocketAddress listen(InetSocketAddress address, Service service) throws IOException;

  private interface Loop {
    void run() throws IOException;
  }

  private static void start(Loop loop) {
    spawn(
        () -> {
          try {
            loop.run();
          } catch (IOException | RuntimeException e) {
            fail(e);
          }
        });
  }

  /** A listener that breaks is the very thing that must not happen: no server survives it. */
  private static void fail(Throwable e) {
    System.err.println("LISTENER BROKE: " + e);
    Runtime.getRuntime().halt(70);
  }

  private static void spawn(Runnable work) {
    new Thread(work).start();
  }

  private static void converse(Service service, SocketChannel c) throws IOException {
    InputStream in = c.socket().getInputStream();
    OutputStream out = c.socket().getOutputStream();
    Closeable connection = c;
    spawn(new Conversation(service, in, out, connection));
  }

  private static void exchange(Service service, HttpExchange exchange) throws IOException {
    try (exchange) {
      byte[] body = exchange.getRequestBody().readAllBytes();
      Reply reply = service.answer(exchange.getRequestURI().toString(), body);
      exchange.getResponseHeaders().set("X-Version", service.version());
      exchange.sendResponseHeaders(reply.status(), reply.body().length);
      exchange.getResponseBody().write(reply.body());
    }
  }
}
