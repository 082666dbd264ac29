package dev.graceful.release;

/** A jar cannot become a release; the message is one line: what, why, what to do. */
public final class ReleaseException extends Exception {
  private static final long serialVersionUID = 1L;

  public ReleaseException(String message) {
    super(message);
  }

  public ReleaseException(String message, Throwable cause) {
    super(message, cause);
  }
}
