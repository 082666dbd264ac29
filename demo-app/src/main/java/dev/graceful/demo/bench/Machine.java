package dev.graceful.demo.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
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

  /**
   * How busy the processors are, in percent, over half a second: what others do while nothing is
   * measured.
   */
  static double busy() throws IOException, InterruptedException {
    long[] before = times();
    TimeUnit.MILLISECONDS.sleep(500);
    long[] after = times();
    return 100.0 * (1 - (double) (after[1] - before[1]) / Math.max(1, after[0] - before[0]));
  }

  /** All time and idle time of the processors, as /proc/stat counts them (proc(5)). */
  private static long[] times() throws IOException {
    String[] words = Files.readAllLines(Path.of("/proc/stat")).get(0).split("\\s+", -1);
    long all = 0;
    for (int i = 1; i <= 8 && i < words.length; i++) {
      all += Long.parseLong(words[i]);
    }
    return new long[] {all, Long.parseLong(words[4]) + Long.parseLong(words[5])};
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
