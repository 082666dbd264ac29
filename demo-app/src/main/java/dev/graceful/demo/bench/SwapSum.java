package dev.graceful.demo.bench;

import dev.graceful.demo.soak.Tally;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.HdrHistogram.Histogram;

/** What clients saw of one contender's swaps, in all rounds. */
final class SwapSum {
  private final List<Double> millisToFirst = new ArrayList<>();
  private final Histogram latency = new Histogram(3_600_000_000L, 3);
  private final Map<String, Long> causes = new TreeMap<>();
  private int swaps;
  private double longestGapMillis;
  private long newAnswered;
  private long newFailed;
  private long keptAnswered;
  private long keptFailed;
  private long closed;

  /** Adds the time from when it was told to the first answer of the new version. */
  void addSwap(double millis) {
    millisToFirst.add(millis);
  }

  /** Adds what both loads of a round have counted. */
  void count(Tally fresh, Tally kept) {
    newAnswered += fresh.answered();
    newFailed += fresh.failed();
    keptAnswered += kept.answered();
    keptFailed += kept.failed();
    closed += kept.closedIdle();
    for (Tally tally : List.of(fresh, kept)) {
      tally.failures().forEach((cause, n) -> causes.merge(cause, n, Long::sum));
    }
  }

  /** Adds when the requests of a round were answered. */
  void add(int swapsOfTheRound, List<Samples> loads, long from, long to) {
    swaps += swapsOfTheRound;
    loads.forEach(load -> latency.add(load.latency(from, to)));
    long gap = Samples.longestGap(loads.stream().flatMapToLong(Samples::answers).sorted());
    longestGapMillis = Math.max(longestGapMillis, gap / 1e6);
  }

  int swaps() {
    return swaps;
  }

  List<Double> millisToFirst() {
    return millisToFirst;
  }

  long answered() {
    return newAnswered + keptAnswered;
  }

  long failed() {
    return newFailed + keptFailed;
  }

  long newFailed() {
    return newFailed;
  }

  long keptFailed() {
    return keptFailed;
  }

  /** How requests failed, and how many each. */
  Map<String, Long> causes() {
    return causes;
  }

  double longestGapMillis() {
    return longestGapMillis;
  }

  double percentileMillis(double percentile) {
    return latency.getValueAtPercentile(percentile) / 1000.0;
  }

  Map<String, Object> raw() {
    Map<String, Object> raw = new LinkedHashMap<>();
    raw.put("swaps", swaps);
    raw.put("ms_to_first_new_answer", millisToFirst);
    raw.put("new_answered", newAnswered);
    raw.put("new_failed", newFailed);
    raw.put("kept_answered", keptAnswered);
    raw.put("kept_failed", keptFailed);
    raw.put("kept_closed_idle", closed);
    raw.put("failures", causes);
    Map<String, Object> percentiles = new LinkedHashMap<>();
    for (String p : List.of("50", "90", "99", "99.9", "99.99", "100")) {
      percentiles.put(p, latency.getValueAtPercentile(Double.parseDouble(p)));
    }
    raw.put("latency_us", percentiles);
    raw.put("longest_gap_ms", longestGapMillis);
    return raw;
  }
}
