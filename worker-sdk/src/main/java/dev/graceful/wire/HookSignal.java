package dev.graceful.wire;

/** The six signals of the supervisor, in the order of the bits of {@link Message.Hooks#mask()}. */
public enum HookSignal {
  HUP,
  USR1,
  USR2,
  INT,
  TERM,
  TSTP;

  /** The bit of this signal and {@code phase} in a mask of hooks. */
  public int bit(HookPhase phase) {
    return 1 << (2 * ordinal() + phase.ordinal());
  }
}
