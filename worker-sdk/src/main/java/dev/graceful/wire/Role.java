package dev.graceful.wire;

/** What is under a seat. */
public enum Role {
  /** A private listener, which only the supervisor connects to: the worker is being proved. */
  PRIVATE,
  /** The shared listener: the worker serves. */
  SHARED,
  /** A listener that nobody can connect to: the worker accepts nothing new. */
  LAME
}
