package dev.graceful.core;

/** The six signals, with endless's meaning. */
public enum Signal {
  HUP,
  USR1,
  USR2,
  INT,
  TERM,
  TSTP;

  /** The bit of the hooks before (or after) this signal in {@link Generation#hooks()}. */
  public int bit(boolean after) {
    return 1 << (2 * ordinal() + (after ? 1 : 0));
  }
}
