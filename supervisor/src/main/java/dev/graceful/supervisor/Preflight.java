package dev.graceful.supervisor;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;

/**
 * Runs the installed program once, for its version only: what cannot even tell that must not take
 * the supervisor's place.
 */
final class Preflight {
  /** A first start may have to build the program. */
  private static final long PATIENCE_SECONDS = 300;

  private static final int MOST_TEXT = 2_000;

  /**
   * How it went.
   *
   * @param text the version, or what is wrong
   */
  record Result(boolean good, String text) {}

  private Preflight() {}

  static Result run(String launcher) {
    String command = launcher + " --version";
    try {
      Process process =
          new ProcessBuilder(launcher, "--version")
              .redirectErrorStream(true)
              .redirectInput(new File("/dev/null"))
              .start();
      String said = "";
      try {
        byte[] bytes = process.getInputStream().readNBytes(MOST_TEXT);
        said = new String(bytes, StandardCharsets.UTF_8).strip().replaceAll("\\s*\\R\\s*", " | ");
        if (!process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
          return new Result(false, command + " does not end; mend the installed program");
        }
      } finally {
        process.destroyForcibly();
      }
      if (process.exitValue() != 0 || !said.startsWith("graceful ")) {
        String why = said.isEmpty() ? "" : ": " + said;
        return new Result(
            false,
            command
                + " failed ("
                + process.exitValue()
                + ")"
                + why
                + "; mend the installed program");
      }
      return new Result(true, said);
    } catch (IOException e) {
      return new Result(false, command + " cannot be run: " + e.getMessage());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return new Result(false, "interrupted");
    }
  }
}
