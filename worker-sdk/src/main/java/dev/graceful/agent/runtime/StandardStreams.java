package dev.graceful.agent.runtime;

import dev.graceful.wire.ErrnoException;
import dev.graceful.wire.LibC;

/** Where the worker's standard output and error go. */
final class StandardStreams {
  private StandardStreams() {}

  /** Puts the two descriptors, which stay the caller's, under standard output and error. */
  static void replace(int output, int error) {
    try {
      System.out.flush();
      System.err.flush();
      LibC.dup3(output, 1, false);
      LibC.dup3(error, 2, false);
    } catch (ErrnoException e) {
      Application.complain("what this application prints cannot be redirected: " + e.getMessage());
    }
  }
}
