package dev.graceful.worker;

import java.time.Duration;
import java.util.concurrent.TimeUnit;

/** When a shutdown must be over. Several may ask for one, and the earliest wish wins. */
final class ShutdownDeadline {
  private static final long NEVER = Long.MAX_VALUE;

  private final long begin = System.nanoTime();
  private long nanos = NEVER; // since begin

  /** A negative timeout is no wish at all. */
  synchronized void atMost(Duration timeout) {
    if (!timeout.isNegative()) {
      nanos = Math.min(nanos, System.nanoTime() - begin + nanosOf(timeout));
    }
  }

  synchronized long remainingNanos() {
    return nanos == NEVER ? NEVER : nanos - (System.nanoTime() - begin);
  }

  /** For the JDK's server, which multiplies by 1000 as an int in some releases. */
  int remainingSeconds() {
    long seconds = TimeUnit.NANOSECONDS.toSeconds(Math.max(0, remainingNanos() - 1)) + 1;
    return (int) Math.min(seconds, 2_000_000);
  }

  /** The longest that is left room for: about 146 years. */
  static long nanosOf(Duration duration) {
    return duration.compareTo(Duration.ofNanos(NEVER / 2)) > 0 ? NEVER / 2 : duration.toNanos();
  }
}
