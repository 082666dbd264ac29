package dev.graceful.supervisor;

import dev.graceful.config.InstanceDirectory;
import dev.graceful.config.RunOptions;

/** Placeholder. */
public final class Supervisor {
  private Supervisor() {}

  /** Runs in the foreground until it is told to stop; returns the exit code. */
  public static int run(RunOptions options, InstanceDirectory directory) {
    System.getLogger("graceful").log(System.Logger.Level.ERROR, options + " " + directory.path());
    return 1;
  }
}
