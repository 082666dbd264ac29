package dev.graceful.wire;

import java.io.IOException;

/** The other side sent what is no message: the connection is of no further use. */
public final class WireException extends IOException {
  private static final long serialVersionUID = 1L;

  public WireException(String message) {
    super(message);
  }
}
