package dev.graceful.worker;

import java.time.Instant;
import java.util.Optional;

/** Told once when this worker begins to drain. */
@FunctionalInterface
public interface DrainListener {
  /**
   * The worker accepts nothing new from now on; what it has may finish. Called on a thread of its
   * own, so it may take its time: the drain neither waits for it nor is stopped by what it throws.
   * The end of an idle worker follows at once; the JVM's shutdown then waits for the listener, 5 s
   * at most. What takes longer belongs into a JVM shutdown hook.
   *
   * @param hammerTime when the drain ends by force; empty where it may take as long as it needs
   */
  void onDrain(Optional<Instant> hammerTime);
}
