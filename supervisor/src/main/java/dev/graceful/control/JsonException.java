package dev.graceful.control;

import java.io.IOException;

/** A text is not the JSON that it should be. */
public final class JsonException extends IOException {
  private static final long serialVersionUID = 1L;

  JsonException(String message) {
    super(message);
  }
}
