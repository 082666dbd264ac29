package dev.graceful.worker;

import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A time by which the reading of a request, or the writing of its answer, must be done.
 *
 * <p>The JDK's server reads and writes on a blocking {@link java.nio.channels.SocketChannel}, which
 * closes itself when its thread is interrupted: so the thread is interrupted when the time is over,
 * but only while it is inside such a call. The application's own code never sees an interrupt.
 */
final class IoDeadline {
  private final String message;
  private final Future<?> timer;
  private @Nullable Thread inside; // the thread whose channel may be closed by an interrupt
  private volatile boolean over;

  IoDeadline(ScheduledExecutorService timers, Duration timeout, String message) {
    this.message = message;
    this.timer =
        timers.schedule(this::expire, ShutdownDeadline.nanosOf(timeout), TimeUnit.NANOSECONDS);
  }

  /** Something that reads from or writes to a connection. */
  @FunctionalInterface
  interface Io {
    void run() throws IOException;
  }

  /** Reads or writes; once the time is over, fails instead of trying. */
  void during(Io io) throws IOException {
    if (over) {
      throw new IOException(message);
    }
    inside(io);
  }

  /** Finishes with a connection; once the time is over, that closes it at once. */
  void duringClose(Io io) throws IOException {
    inside(io);
  }

  private void inside(Io io) throws IOException {
    enter();
    try {
      io.run();
    } catch (IOException e) {
      throw over ? new IOException(message, e) : e;
    } finally {
      leave();
    }
  }

  /** The calling thread begins to read or write; if the time is over, its channel closes itself. */
  synchronized void enter() {
    inside = Thread.currentThread();
    if (over) {
      inside.interrupt();
    }
  }

  /** The calling thread has read or written, and goes back to the application's code. */
  synchronized void leave() {
    inside = null;
    if (over) {
      Thread.interrupted(); // ours; clears it
    }
  }

  boolean over() {
    return over;
  }

  void cancel() {
    timer.cancel(false);
  }

  private synchronized void expire() {
    over = true;
    if (inside != null) {
      inside.interrupt();
    }
  }
}
