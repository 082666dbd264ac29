package dev.graceful.worker;

import com.sun.net.httpserver.HttpHandler;
import com.sun.net.httpserver.HttpServer;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import java.io.IOException;
import java.net.BindException;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import javax.net.ssl.SSLContext;

/**
 * Listen and serve in one line, with the JDK's own HTTP server:
 *
 * <pre>{@code
 * GracefulServer.listenAndServe(":8080", handler);
 * }</pre>
 *
 * <p>TERM, INT and HUP, and {@link #close}, shut it down gracefully, supervised or not: no new
 * connections, what is in flight finishes, then the JVM ends. A second signal changes nothing then:
 * a JVM that shuts down sees none. To have an end, give a shutdown timeout, or send KILL. The JVM
 * runs all its shutdown hooks at once, so what handlers need must not be closed by one of them.
 *
 * <p>When a supervised worker drains, and its connections do not pass to the next one (TLS, or
 * {@code --connections drain}), each is told {@code Connection: close} with its next answer. Those
 * on which nothing happens stay open until the JDK's server finds them idle, after 30 s: to close
 * them at once would cut off a request that is on its way.
 *
 * <p>All methods may be called from any thread.
 */
public final class GracefulServer implements AutoCloseable {
  private static final int BACKLOG = 4096; // the kernel lowers it to net.core.somaxconn

  /**
   * While a server shuts down, every answer says that the connection will be closed. For so long it
   * goes on before the listener closes, so that clients which are busy on a kept connection hear
   * it.
   */
  private static final Duration LAST_WORDS = Duration.ofMillis(100);

  private final HttpServer server;
  private final RequestHandling handling;
  private final Duration shutdownTimeout;
  private final ShutdownDeadline deadline = new ShutdownDeadline();
  private final AtomicBoolean shutsDown = new AtomicBoolean();
  private final CountDownLatch down = new CountDownLatch(1);
  private final Thread hook;
  private volatile boolean finished;

  private GracefulServer(HttpServer server, RequestHandling handling, Duration shutdownTimeout) {
    this.server = server;
    this.handling = handling;
    this.shutdownTimeout = shutdownTimeout;
    this.hook = new Thread(this::close, "graceful-shutdown");
  }

  /**
   * Serves plain HTTP; returns when the server has been shut down.
   *
   * @param address {@code :8080}, {@code host:8080} or {@code [::1]:8080}
   * @throws IOException where the address cannot be listened on; one line that says why
   */
  public static void listenAndServe(String address, HttpHandler handler) throws IOException {
    newServer(address, handler).listenAndServe();
  }

  /**
   * Serves TLS; returns when the server has been shut down.
   *
   * @param certificates a PEM file, the server's own certificate first
   * @param key a PEM file with its private key, PKCS#8
   * @throws IOException where a file is not usable or the address cannot be listened on; one line
   *     that says why
   */
  public static void listenAndServeTls(
      String address, Path certificates, Path key, HttpHandler handler) throws IOException {
    newServer(address, handler).tls(certificates, key).listenAndServe();
  }

  /** A server to be configured and started. */
  public static ServerBuilder newServer(String address, HttpHandler handler) {
    return new ServerBuilder(address, handler);
  }

  static GracefulServer start(ServerBuilder builder) throws IOException {
    JdkServerProperties.prepare(builder.maxHeaderBytes);
    HttpServer server = listen(builder);
    RequestHandling handling = new RequestHandling(builder);
    GracefulServer graceful = new GracefulServer(server, handling, builder.shutdownTimeout);
    boolean started = false;
    try {
      builder.handlers.forEach((path, h) -> server.createContext(path, handling.handler(h)));
      server.setExecutor(handling.executor());
      builder.beforeBegin.accept(graceful.address());
      Runtime.getRuntime().addShutdownHook(graceful.hook);
      boolean stay = builder.tls != null || Supervision.connectionsStay();
      if (stay) {
        Graceful.onDrain(hammerTime -> handling.announceClose());
      }
      server.start();
      started = true;
    } finally {
      if (!started) {
        abandon(server);
        handling.end();
      }
    }
    return graceful;
  }

  /** The JDK's server gives its listener back only after its own thread has run. */
  private static void abandon(HttpServer server) {
    server.setExecutor(
        request -> {
          throw new RejectedExecutionException("this server did not start");
        });
    server.start();
    server.stop(0);
  }

  private static HttpServer listen(ServerBuilder builder) throws IOException {
    InetSocketAddress address = builder.address.resolve();
    SSLContext tls = builder.tls;
    try {
      if (tls == null) {
        return HttpServer.create(address, BACKLOG);
      }
      HttpsServer server = HttpsServer.create(address, BACKLOG);
      server.setHttpsConfigurator(new HttpsConfigurator(tls));
      return server;
    } catch (BindException e) {
      BindException named =
          new BindException("cannot listen on " + builder.address + ": " + e.getMessage());
      named.initCause(e);
      throw named;
    }
  }

  /** Where it listens; with the port that the system chose, where 0 was asked for. */
  public InetSocketAddress address() {
    return server.getAddress();
  }

  /**
   * Accepts no new connections, lets what is in flight finish, and returns then. Answers given
   * meanwhile say {@code Connection: close}. Called several times, the earliest end counts: {@code
   * shutdown(Duration.ZERO)} ends a shutdown that waits. A handler must not wait for this itself,
   * since it would wait for its own end.
   *
   * @param timeout when this is over, what is still in flight is cut; negative: no limit
   * @return whether all that was in flight finished
   */
  public boolean shutdown(Duration timeout) {
    deadline.atMost(timeout);
    handling.inFlight().changed();
    if (shutsDown.compareAndSet(false, true)) {
      try {
        finished = end();
      } finally {
        down.countDown();
      }
      forgetHook();
    } else {
      awaitShutdown();
    }
    return finished;
  }

  /** Shuts down with the server's own timeout. */
  @Override
  public void close() {
    shutdown(shutdownTimeout);
  }

  /** Waits until the server has been shut down, or until the calling thread is interrupted. */
  public void awaitShutdown() {
    try {
      down.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private boolean end() {
    InFlight inFlight = handling.inFlight();
    handling.announceClose();
    boolean none = false;
    boolean interrupted = false;
    Thread stop = null;
    try {
      if (inFlight.used()) {
        inFlight.pause(LAST_WORDS, deadline);
      }
      int seconds = deadline.remainingSeconds();
      stop = daemon(() -> server.stop(seconds)); // closes the listener at once, then waits
      none = inFlight.awaitNone(deadline);
      if (none) {
        // recent JDKs now end by themselves, and know of requests that have just arrived
        stop.join(LAST_WORDS.toMillis());
      }
    } catch (InterruptedException e) {
      interrupted = true;
    }
    if (stop == null || stop.isAlive()) {
      // older ones sleep on, and must be told; on a thread of its own, because it waits for a
      // handler where an executor runs handlers on the server's only thread
      interrupted |= !joined(daemon(() -> server.stop(0)));
    }
    handling.end();
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
    return none;
  }

  private static boolean joined(Thread thread) {
    try {
      thread.join(1000);
      return true;
    } catch (InterruptedException e) {
      return false;
    }
  }

  private static Thread daemon(Runnable work) {
    Thread thread = new Thread(work, "graceful-stop");
    thread.setDaemon(true);
    thread.start();
    return thread;
  }

  private void forgetHook() {
    try {
      Runtime.getRuntime().removeShutdownHook(hook);
    } catch (IllegalStateException jvmShutsDown) {
      // it runs, or has run
    }
  }
}
