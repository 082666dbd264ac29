package dev.graceful.demo.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What the figures were measured on. */
final class Machine {
  private Machine() {}

  static String javaVersion(Path jdk) {
    return find(jdk.resolve("release"), "JAVA_VERSION=\"([^\"]+)\"");
  }

  /** Processor, kernel and so on, in one line. */
  static String description() {
    return "%d x %s, Linux %s"
        .formatted(
            Runtime.getRuntime().availableProcessors(),
            find(Path.of("/proc/cpuinfo"), "model name\\s*: (.+)"),
            System.getProperty("os.version"));
  }

  /** How many descriptors this process may have; it raises its soft limit by itself. */
  static int descriptors() {
    String limit = find(Path.of("/proc/self/limits"), "Max open files\\s+\\S+\\s+(\\d+)");
    return limit.equals("?") ? 1024 : (int) Math.min(Integer.MAX_VALUE, Long.parseLong(limit));
  }

  private static String find(Path file, String pattern) {
    try {
      Matcher matcher = Pattern.compile(pattern).matcher(Files.readString(file));
      return matcher.find() ? matcher.group(1).trim() : "?";
    } catch (IOException e) {
      return "?";
    }
  }
}
