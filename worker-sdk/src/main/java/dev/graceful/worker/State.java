package dev.graceful.worker;

/** Where this worker is in its life. */
public enum State {
  /** The worker starts; it does not serve yet. */
  INIT,
  /** The worker serves. */
  RUNNING,
  /** The worker drains: it accepts nothing new and finishes what it has. */
  SHUTTING_DOWN,
  /** The worker has ended, or is about to. */
  TERMINATED
}
