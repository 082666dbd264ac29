package dev.graceful.agent.runtime.move;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** RLIMIT_NOFILE, as proc(5)'s limits tells. */
final class DescriptorLimit {
  private static final String NAME = "Max open files";

  private DescriptorLimit() {}

  /** How many descriptors this process may have; the largest int where that is not known. */
  static int get() {
    try {
      for (String line : Files.readAllLines(Path.of("/proc/self/limits"))) {
        if (line.startsWith(NAME)) {
          return Integer.parseInt(line.substring(NAME.length()).trim().split(" ", 2)[0]);
        }
      }
    } catch (IOException | NumberFormatException e) {
      // "unlimited", or no /proc
    }
    return Integer.MAX_VALUE;
  }
}
