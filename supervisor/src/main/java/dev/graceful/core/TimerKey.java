package dev.graceful.core;

/**
 * Names a deadline.
 *
 * @param number of the generation, listener or hook that it belongs to
 */
public record TimerKey(Kind kind, int number) implements Comparable<TimerKey> {
  /** What happens when the time has come. */
  public enum Kind {
    /** A candidate is not ready in time. */
    READY,
    /** A ready worker does not take its seats. */
    TAKE_OVER,
    /** A drain has taken its time. */
    HAMMER,
    /** TERM was not enough. */
    KILL,
    /** A hook takes too long. */
    HOOK,
    /** The pause before a restart is over. */
    RESTART,
    /** A listener that the serving generation does not claim has been kept long enough. */
    LINGER
  }

  @Override
  public int compareTo(TimerKey other) {
    int byKind = kind.compareTo(other.kind);
    return byKind != 0 ? byKind : Integer.compare(number, other.number);
  }
}
