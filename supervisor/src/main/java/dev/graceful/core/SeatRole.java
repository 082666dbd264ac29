package dev.graceful.core;

/** What is to be under a seat. */
public enum SeatRole {
  /** A private listener, which only the supervisor connects to. */
  PRIVATE,
  /** The shared listener. */
  SHARED,
  /** A listener that nobody can connect to. */
  LAME
}
