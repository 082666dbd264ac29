package dev.graceful.demo.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * The CPU time of a process up to a moment, thread by thread, to the nanosecond: the first field of
 * {@code /proc/PID/task/TID/schedstat}. What a thread takes that comes and goes between two looks
 * is not seen.
 */
record Cpu(Map<String, Long> byThread) {
  /** Longer than the supervisor waits before it gives back what its work took. */
  private static final int QUIET_SECONDS = 10;

  private static final int MOST_LOOKS = 30;

  /** Up to now. */
  static Cpu of(long pid) throws IOException {
    Map<String, Long> times = new HashMap<>();
    List<Path> threads;
    try (Stream<Path> list = Files.list(Path.of("/proc", Long.toString(pid), "task"))) {
      threads = list.toList();
    }
    for (Path thread : threads) {
      try {
        String line = Files.readString(thread.resolve("schedstat"));
        times.put(thread.getFileName().toString(), Long.parseLong(line.split(" ", 2)[0]));
      } catch (IOException e) {
        // it has ended meanwhile
      }
    }
    return new Cpu(times);
  }

  /**
   * Waits until a process has taken less than a thousandth of a core for {@value #QUIET_SECONDS} s:
   * what was to be done after something has happened is done.
   *
   * @throws IllegalStateException if it does not come to rest
   */
  static void awaitRest(long pid) throws IOException, InterruptedException {
    for (int i = 0; i < MOST_LOOKS; i++) {
      Cpu before = of(pid);
      TimeUnit.SECONDS.sleep(QUIET_SECONDS);
      if (of(pid).since(before) < QUIET_SECONDS * 1_000_000L) {
        return;
      }
    }
    throw new IllegalStateException("process " + pid + " does not come to rest");
  }

  /** Nanoseconds that were taken since {@code earlier}. */
  long since(Cpu earlier) {
    long sum = 0;
    for (Map.Entry<String, Long> thread : byThread.entrySet()) {
      sum += thread.getValue() - earlier.byThread.getOrDefault(thread.getKey(), 0L);
    }
    return sum;
  }
}
