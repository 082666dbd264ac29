package dev.graceful.cli;

/** What the program exits with; scripts rely on it. */
public final class ExitCode {
  /** What was asked for is done. */
  public static final int DONE = 0;

  /** What was asked for failed, or something that it needs is missing; the message says why. */
  public static final int FAILED = 1;

  /** The command line makes no sense: an option, a value or a name. */
  public static final int USAGE = 2;

  /** No such instance is running. */
  public static final int NOT_RUNNING = 3;

  /** An instance of that name runs already. */
  public static final int RUNS_ALREADY = 4;

  /** Interrupted from the terminal; a JVM exits with it by itself. */
  public static final int INTERRUPTED = 130;

  private ExitCode() {}
}
