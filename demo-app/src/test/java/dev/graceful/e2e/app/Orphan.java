package dev.graceful.e2e.app;

import java.io.IOException;
import java.nio.charset.StandardCharsets;

/** A process whose parent ends before it does. */
final class Orphan {
  private Orphan() {}

  /** Leaves one behind, which ends soon; what the kernel calls it in this pid namespace. */
  static String leave() throws IOException {
    Process shell =
        new ProcessBuilder("sh", "-c", "sleep 0.2 >/dev/null 2>&1 & echo $!")
            .redirectErrorStream(true)
            .start();
    return new String(shell.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
  }
}
