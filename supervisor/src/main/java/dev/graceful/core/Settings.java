package dev.graceful.core;

/**
 * The operator's choices, in milliseconds.
 *
 * @param hammerTime how long a drain may take; negative: no limit
 * @param killAfter from TERM to KILL
 * @param health readiness is told by a health probe
 * @param overlap a new generation starts while the old one serves; if not, the old one leaves first
 * @param crashes after so many crashes a release is rolled back; 0: it never is
 * @param crashWindow within which they count
 * @param maxDraining how many generations may drain at a time
 */
public record Settings(
    long readyTimeout,
    long hammerTime,
    long killAfter,
    boolean health,
    boolean overlap,
    int crashes,
    long crashWindow,
    int maxDraining) {
  /** From TERM to KILL when the hammer falls. */
  static final long HAMMER_KILL = 1_000;

  /** Between further KILLs of a process that does not end (it hangs in the kernel). */
  static final long KILL_AGAIN = 5_000;

  /** How long a worker may take to put a listener under a seat. */
  static final long TAKE_OVER = 10_000;

  /** How long a hook may take before the signal is acted on without it. */
  static final long HOOK = 10_000;

  /**
   * How long a listener is kept when the serving generation does not claim it: a server that closes
   * its listener and then exits is restarted, and one that binds late finds it open.
   */
  static final long LINGER = 5_000;

  /** The listeners of one worker; they are handed on in one message. */
  static final int MOST_LISTENERS = 1000;

  /** A generation that served so long has not died of its start. */
  static final long STABLE = 30_000;

  /** Between looks whether the last one has left, where two must not run. */
  static final long LOOK_AGAIN = 500;

  /** The longest pause between restarts. */
  static final long MAX_PAUSE = 30_000;
}
