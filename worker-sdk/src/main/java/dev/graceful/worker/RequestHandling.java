package dev.graceful.worker;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpHandler;
import com.sun.net.httpserver.HttpsExchange;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** What stands between the JDK's server and an application's handlers. Owns its threads. */
final class RequestHandling {
  private final InFlight inFlight = new InFlight();
  private final RequestExecutor executor;
  private final @Nullable ExecutorService ownThreads;
  private final @Nullable ScheduledThreadPoolExecutor timers;
  private final @Nullable Duration readTimeout;
  private final @Nullable Duration writeTimeout;
  private final int maxHeaderBytes;
  private volatile boolean closing;

  RequestHandling(ServerBuilder builder) {
    readTimeout = builder.readTimeout;
    writeTimeout = builder.writeTimeout;
    maxHeaderBytes = builder.maxHeaderBytes;
    Executor threads = builder.executor;
    ExecutorService own = null;
    if (threads == null) {
      threads = own = Executors.newCachedThreadPool(daemons("graceful-http-"));
    }
    ownThreads = own;
    timers = readTimeout == null && writeTimeout == null ? null : timers();
    executor = new RequestExecutor(threads, inFlight, this::readDeadline);
  }

  InFlight inFlight() {
    return inFlight;
  }

  Executor executor() {
    return executor;
  }

  /** From now on answers say that their connection will be closed. */
  void announceClose() {
    closing = true;
  }

  /** Handlers that still run may go on, but get no help. */
  void end() {
    if (ownThreads != null) {
      ownThreads.shutdown();
    }
    if (timers != null) {
      timers.shutdownNow();
    }
  }

  HttpHandler handler(HttpHandler application) {
    return exchange -> handle(application, exchange);
  }

  private void handle(HttpHandler application, HttpExchange exchange) throws IOException {
    IoDeadline reading = executor.headRead();
    IoDeadline writing =
        deadline(writeTimeout, "the answer was not written within its writeTimeout of ");
    ServedExchange served =
        new ServedExchange(exchange, inFlight, () -> closing, reading, writing, this::readDeadline);
    boolean returned = false;
    try {
      if (reading != null && reading.over()) {
        throw new IOException("the head of a request came too late");
      }
      if (headBytes(exchange) > maxHeaderBytes) {
        exchange.getResponseHeaders().set("Connection", "close");
        served.sendResponseHeaders(431, -1);
        served.close();
      } else if (exchange instanceof HttpsExchange tls) {
        application.handle(new TlsExchange(tls, served));
      } else {
        application.handle(new PlainExchange(exchange, served));
      }
      returned = true;
    } finally {
      if (!returned) {
        served.complete(); // the JDK's server closes the connection
      }
    }
  }

  private @Nullable IoDeadline readDeadline() {
    return deadline(readTimeout, "the request was not read within its readTimeout of ");
  }

  private @Nullable IoDeadline deadline(@Nullable Duration timeout, String message) {
    if (timeout == null || timers == null) {
      return null;
    }
    try {
      return new IoDeadline(timers, timeout, message + timeout.toMillis() + " ms");
    } catch (RejectedExecutionException ended) {
      return null; // the server is down, and its connections are closed
    }
  }

  private static long headBytes(HttpExchange exchange) {
    long bytes =
        exchange.getRequestMethod().length()
            + exchange.getRequestURI().toString().length()
            + exchange.getProtocol().length()
            + 4L;
    for (Map.Entry<String, List<String>> field : exchange.getRequestHeaders().entrySet()) {
      for (String value : field.getValue()) {
        bytes += field.getKey().length() + value.length() + 4; // ": " and the line's end
      }
    }
    return bytes;
  }

  private static ScheduledThreadPoolExecutor timers() {
    ScheduledThreadPoolExecutor timers =
        new ScheduledThreadPoolExecutor(1, daemons("graceful-timeout-"));
    timers.setRemoveOnCancelPolicy(true);
    return timers;
  }

  private static ThreadFactory daemons(String name) {
    AtomicInteger count = new AtomicInteger();
    return work -> {
      Thread thread = new Thread(work, name + count.incrementAndGet());
      thread.setDaemon(true);
      return thread;
    };
  }
}
