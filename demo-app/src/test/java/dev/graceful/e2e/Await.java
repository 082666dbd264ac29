package dev.graceful.e2e;

import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.function.Supplier;

/** Waits for a condition that nobody announces, by looking again and again. */
final class Await {
  /** For what must come: no measure of how fast it should. */
  static final Duration PATIENCE = Duration.ofSeconds(120);

  private Await() {}

  static void until(String what, Callable<Boolean> condition) throws Exception {
    until(what, PATIENCE, condition, () -> "");
  }

  /**
   * Waits until the condition holds.
   *
   * @param state told when it does not hold in time
   */
  static void until(
      String what, Duration patience, Callable<Boolean> condition, Supplier<String> state)
      throws Exception {
    long deadline = System.nanoTime() + patience.toNanos();
    while (!condition.call()) {
      if (System.nanoTime() > deadline) {
        throw new AssertionError("waited in vain until " + what + ". " + state.get());
      }
      Thread.sleep(10); // between two looks
    }
  }
}
