package dev.graceful.worker;

/** The signals that the supervisor takes, and that hooks can be put before and after. */
public enum Signal {
  /** Reload: start a new generation, let it take over, drain the old one. */
  HUP,
  /** Hooks only. */
  USR1,
  /** Hammer: what drains ends now. */
  USR2,
  /** Shut down gracefully; a second one hammers. */
  INT,
  /** Shut down gracefully; a second one hammers. */
  TERM,
  /** Hooks only. */
  TSTP
}
