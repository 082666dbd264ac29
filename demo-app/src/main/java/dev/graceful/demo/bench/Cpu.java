package dev.graceful.demo.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * The CPU time of a process up to a moment, thread by thread, to the nanosecond: the first field of
 * {@code /proc/PID/task/TID/schedstat}. What a thread takes that comes and goes between two looks
 * is not seen.
 */
record Cpu(Map<String, Long> byThread) {

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

  /** Nanoseconds that were taken since {@code earlier}. */
  long since(Cpu earlier) {
    long sum = 0;
    for (Map.Entry<String, Long> thread : byThread.entrySet()) {
      sum += thread.getValue() - earlier.byThread.getOrDefault(thread.getKey(), 0L);
    }
    return sum;
  }
}
