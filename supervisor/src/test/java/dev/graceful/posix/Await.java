package dev.graceful.posix;

import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;

/** Waits for what happens outside of this process; the deadline is the test's. */
public final class Await {
  private Await() {}

  public static void until(Callable<Boolean> condition) throws Exception {
    while (!condition.call()) {
      TimeUnit.MILLISECONDS.sleep(5);
    }
  }
}
