package dev.graceful.config;

/** An instance's folder cannot be had; the message is one line: what, why, what to do. */
public final class InstanceException extends Exception {
  private static final long serialVersionUID = 1L;

  private final int exitCode;

  public InstanceException(int exitCode, String message) {
    super(message);
    this.exitCode = exitCode;
  }

  /** What the program should exit with: 1 the folder is unfit, 2 bad name or path, 4 it runs. */
  public int exitCode() {
    return exitCode;
  }
}
