package dev.graceful.worker;

import java.util.concurrent.Executor;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Runs the JDK server's tasks, of which each reads the head of one request and calls the handler:
 * counts them from the moment the server hands them over, and lets no head take too long.
 */
final class RequestExecutor implements Executor {
  private static final ThreadLocal<@Nullable IoDeadline> HEAD = new ThreadLocal<>();

  private final Executor threads;
  private final InFlight inFlight;
  private final Supplier<@Nullable IoDeadline> reading;

  RequestExecutor(Executor threads, InFlight inFlight, Supplier<@Nullable IoDeadline> reading) {
    this.threads = threads;
    this.inFlight = inFlight;
    this.reading = reading;
  }

  @Override
  public void execute(Runnable request) {
    inFlight.enter();
    try {
      threads.execute(() -> run(request));
    } catch (Throwable rejected) {
      inFlight.leave();
      throw rejected;
    }
  }

  private void run(Runnable request) {
    try {
      IoDeadline deadline = reading.get();
      if (deadline == null) {
        request.run();
        return;
      }
      HEAD.set(deadline);
      deadline.enter();
      try {
        request.run();
      } finally {
        IoDeadline noHandlerCalled = headRead();
        if (noHandlerCalled != null) {
          noHandlerCalled.cancel();
        }
      }
    } finally {
      inFlight.leave();
    }
  }

  /** The head of the current thread's request is read: the deadline, which now is for its body. */
  @Nullable IoDeadline headRead() {
    IoDeadline deadline = HEAD.get();
    if (deadline != null) {
      HEAD.remove();
      deadline.leave();
    }
    return deadline;
  }
}
