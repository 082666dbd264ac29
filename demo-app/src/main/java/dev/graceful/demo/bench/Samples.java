package dev.graceful.demo.bench;

import dev.graceful.demo.soak.LoadObserver;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.HdrHistogram.Histogram;

/**
 * Every request of a load: when it was due, when its answer was there, and from which version.
 * Written by the load's threads, each its own part; to be read after the load has stopped. Times
 * are {@link System#nanoTime}.
 */
final class Samples implements LoadObserver {
  private static final long LONGEST_MICROS = 3_600_000_000L;

  private final Client[] clients;

  Samples(int clients) {
    this.clients = Stream.generate(Client::new).limit(clients).toArray(Client[]::new);
  }

  /** What one client has seen. */
  private static final class Client {
    private long[] due = new long[4096];
    private long[] done = new long[4096];
    private int count;
    private String version = "";
    private final List<Change> changes = new ArrayList<>();
    private final List<Long> failures = new ArrayList<>();
  }

  /** The first answer of a version after one of another. */
  private record Change(long done, String version) {}

  @Override
  public void answered(int client, long due, long done, String version) {
    Client own = clients[client];
    if (own.count == own.due.length) {
      own.due = Arrays.copyOf(own.due, 2 * own.count);
      own.done = Arrays.copyOf(own.done, 2 * own.count);
    }
    own.due[own.count] = due;
    own.done[own.count++] = done;
    if (!version.equals(own.version)) {
      own.version = version;
      own.changes.add(new Change(done, version));
    }
  }

  @Override
  public void failed(int client, long due, long done, String cause) {
    clients[client].failures.add(due);
  }

  /** How long the requests took that were due from {@code from} to before {@code to}, in us. */
  Histogram latency(long from, long to) {
    Histogram histogram = new Histogram(LONGEST_MICROS, 3);
    for (Client client : clients) {
      for (int i = 0; i < client.count; i++) {
        if (client.due[i] - from >= 0 && client.due[i] - to < 0) {
          histogram.recordValue(Math.max(0, (client.done[i] - client.due[i]) / 1000));
        }
      }
    }
    return histogram;
  }

  /** When the first answer of {@code version} was there after {@code from}; 0: there was none. */
  long firstOf(String version, long from) {
    return Arrays.stream(clients)
        .flatMap(client -> client.changes.stream())
        .filter(change -> change.version().equals(version) && change.done() - from > 0)
        .mapToLong(Change::done)
        .min()
        .orElse(0);
  }

  /** When the answers came, in order. */
  LongStream answers() {
    return Arrays.stream(clients)
        .flatMapToLong(client -> Arrays.stream(client.done, 0, client.count))
        .sorted();
  }

  /** When the requests that failed were due. */
  List<Long> failures() {
    return Arrays.stream(clients).flatMap(client -> client.failures.stream()).sorted().toList();
  }

  /** The longest time between two answers, in nanoseconds. */
  static long longestGap(LongStream sortedAnswers) {
    long[] times = sortedAnswers.toArray();
    long longest = 0;
    for (int i = 1; i < times.length; i++) {
      longest = Math.max(longest, times[i] - times[i - 1]);
    }
    return longest;
  }

  /**
   * A piece of the time line.
   *
   * @param at when it begins
   * @param medianMicros of the requests that were due in it; 0: there was none that was answered
   */
  record Slice(
      long at,
      long answered,
      long failed,
      double medianMicros,
      double p99Micros,
      double maxMicros) {}

  /** What was due from {@code from} to {@code to}, in pieces of {@code step} nanoseconds. */
  List<Slice> timeLine(long from, long to, long step) {
    int n = (int) ((to - from) / step);
    Histogram[] slices = new Histogram[n];
    for (Client client : clients) {
      for (int i = 0; i < client.count; i++) {
        int slice = (int) Math.floorDiv(client.due[i] - from, step);
        if (slice >= 0 && slice < n) {
          if (slices[slice] == null) {
            slices[slice] = new Histogram(LONGEST_MICROS, 2);
          }
          slices[slice].recordValue(Math.max(0, (client.done[i] - client.due[i]) / 1000));
        }
      }
    }
    long[] failed = new long[n];
    for (long due : failures()) {
      int slice = (int) Math.floorDiv(due - from, step);
      if (slice >= 0 && slice < n) {
        failed[slice]++;
      }
    }
    List<Slice> line = new ArrayList<>();
    for (int i = 0; i < n; i++) {
      Histogram slice = slices[i];
      line.add(
          slice == null
              ? new Slice(from + i * step, 0, failed[i], 0, 0, 0)
              : new Slice(
                  from + i * step,
                  slice.getTotalCount(),
                  failed[i],
                  slice.getValueAtPercentile(50),
                  slice.getValueAtPercentile(99),
                  slice.getMaxValue()));
    }
    return line;
  }
}
