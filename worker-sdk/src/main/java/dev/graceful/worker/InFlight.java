package dev.graceful.worker;

import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * How much work a server has: tasks of its executor, and exchanges that are not answered in full
 * (they outlive their task where a handler answers from another thread).
 *
 * <p>The JDK's server counts too, but does not tell, and in older releases {@code stop} waits for
 * its full delay even when nothing is left.
 */
final class InFlight {
  private final AtomicInteger count = new AtomicInteger();
  private volatile boolean used;

  void enter() {
    count.incrementAndGet();
    if (!used) {
      used = true;
    }
  }

  void leave() {
    if (count.decrementAndGet() == 0) {
      changed();
    }
  }

  /** Whether there ever was anything. */
  boolean used() {
    return used;
  }

  /** Lets whoever waits look again, at the count and at its deadline. */
  synchronized void changed() {
    notifyAll();
  }

  /**
   * Waits until nothing is in flight.
   *
   * @return false where the deadline came first
   */
  synchronized boolean awaitNone(ShutdownDeadline deadline) throws InterruptedException {
    while (count.get() > 0) {
      long nanos = deadline.remainingNanos();
      if (nanos <= 0) {
        return false;
      }
      TimeUnit.NANOSECONDS.timedWait(this, nanos);
    }
    return true;
  }

  /** Waits for a time, or until the deadline where that comes first. */
  synchronized void pause(Duration time, ShutdownDeadline deadline) throws InterruptedException {
    long end = System.nanoTime() + time.toNanos();
    while (true) {
      long nanos = Math.min(end - System.nanoTime(), deadline.remainingNanos());
      if (nanos <= 0) {
        return;
      }
      TimeUnit.NANOSECONDS.timedWait(this, nanos);
    }
  }
}
