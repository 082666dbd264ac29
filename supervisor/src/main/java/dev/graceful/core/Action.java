package dev.graceful.core;

import org.jspecify.annotations.Nullable;

/**
 * Something that an operator asked for, by signal or by command.
 *
 * @param signal the signal, or the one that means the same as the command
 * @param requester who waits for the outcome; 0 for a signal, which nobody waits for
 * @param source for a reload: another jar to run from now on
 * @param rollback for a reload: not the jar, but the release that was good before
 */
public record Action(Signal signal, long requester, @Nullable String source, boolean rollback) {
  public Action(Signal signal, long requester, @Nullable String source) {
    this(signal, requester, source, false);
  }

  /** To go back to the release that was good before. */
  public static Action rollback(long requester) {
    return new Action(Signal.HUP, requester, null, true);
  }

  /** Nobody waits for the outcome any more. */
  Action unattended() {
    return new Action(signal, 0, source, rollback);
  }
}
