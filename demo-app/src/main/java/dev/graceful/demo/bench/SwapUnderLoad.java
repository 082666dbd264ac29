package dev.graceful.demo.bench;

import dev.graceful.demo.soak.Load;
import dev.graceful.demo.soak.LoadPlan;
import dev.graceful.demo.soak.Tally;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.LongStream;
import org.HdrHistogram.Histogram;

/** Many swaps under a load with new and kept connections: what clients see, beside each peer. */
final class SwapUnderLoad implements Scenario {
  private static final int CLIENTS = 8; // of each kind
  private static final int RATE = 250; // of each kind
  private static final int SWAPS = 20;
  private static final int SWAPS_IF_QUICK = 3;
  private static final long STEP = TimeUnit.MILLISECONDS.toNanos(100);

  @Override
  public String name() {
    return "swap";
  }

  @Override
  public String title() {
    return "Swaps under load";
  }

  /** All rounds of one contender. */
  private static final class Sum {
    private int swaps;
    private final List<Double> millisToFirst = new ArrayList<>();
    private final Histogram latency = new Histogram(3_600_000_000L, 3);
    private double longestGapMillis;
    private long newAnswered;
    private long newFailed;
    private long keptAnswered;
    private long keptFailed;
    private long closed;
    private final Map<String, Long> causes = new TreeMap<>();
  }

  @Override
  public Findings run(Setting setting) throws IOException, InterruptedException {
    App app = App.tomcat(setting.root());
    int swaps = setting.runs(SWAPS, SWAPS_IF_QUICK);
    int rounds = setting.quick() || swaps < 2 ? 1 : 2;
    Findings findings = new Findings();
    findings.say(
        "%s (the Java ones), %d clients with a new connection for each request and %d that keep theirs, each kind at a held rate of %d requests a second, none retries. Latency counts from when a request was due."
            .formatted(app.title(), CLIENTS, CLIENTS, RATE));
    Map<String, Sum> sums = new LinkedHashMap<>();
    for (int round = 0; round < rounds; round++) {
      for (Peers.Peer peer : Peers.of(setting, app)) {
        if (!peer.missing().isEmpty()) {
          if (round == 0) {
            setting.progress("swap: " + peer.name() + " is left out: " + peer.missing());
            findings.say("Not measured: " + peer.name() + ". " + peer.missing());
          }
          continue;
        }
        Sum sum = sums.computeIfAbsent(peer.name(), key -> new Sum());
        int part = swaps / rounds + (round < swaps % rounds ? 1 : 0);
        Path picture =
            round == 0 ? setting.out().resolve("swap-" + slug(peer.name()) + ".png") : null;
        one(setting, peer, part, sum, picture);
        setting.progress(
            "swap: round %d, %s: %d swaps, %d answered, %d failed"
                .formatted(
                    round + 1,
                    peer.name(),
                    part,
                    sum.newAnswered + sum.keptAnswered,
                    sum.newFailed + sum.keptFailed));
      }
    }
    report(setting, findings, sums);
    return findings;
  }

  private static String slug(String name) {
    return name.toLowerCase(java.util.Locale.ROOT).replaceAll("[^a-z]+", "-");
  }

  private static void one(
      Setting setting,
      Peers.Peer peer,
      int swaps,
      Sum sum,
      @org.jspecify.annotations.Nullable Path picture)
      throws IOException, InterruptedException {
    Samples fresh = new Samples(CLIENTS);
    Samples kept = new Samples(CLIENTS);
    List<Contender.Swap> done = new ArrayList<>();
    long from;
    long to;
    try (Contender contender = peer.factory().in(setting.fresh("swap"))) {
      contender.start();
      LoadPlan plan =
          LoadPlan.of(Http.address(contender.port()), CLIENTS)
              .only("/")
              .holding(RATE)
              .patientFor(Duration.ofSeconds(20));
      try (Load warm = Load.start(plan)) {
        TimeUnit.SECONDS.sleep(setting.seconds(3, 2));
        warm.stop();
      }
      from = System.nanoTime();
      try (Load first = Load.start(plan.toldTo(fresh));
          Load second = Load.start(plan.keepingAlive().toldTo(kept))) {
        for (int i = 0; i < swaps; i++) {
          TimeUnit.SECONDS.sleep(1);
          done.add(contender.swap());
        }
        TimeUnit.MILLISECONDS.sleep(1500);
        to = System.nanoTime();
        count(sum, first.stop(), second.stop());
      } catch (IllegalStateException e) {
        throw new IllegalStateException(
            peer.name() + ": " + e.getMessage() + "; it said: " + contender.lastLines(), e);
      }
    }
    List<Long> firsts = new ArrayList<>();
    for (Contender.Swap swap : done) {
      long first = fresh.firstOf(swap.version(), swap.begun());
      if (first != 0) {
        firsts.add(first);
        sum.millisToFirst.add((first - swap.begun()) / 1e6);
      }
    }
    sum.swaps += done.size();
    sum.latency.add(fresh.latency(from, to));
    sum.latency.add(kept.latency(from, to));
    long gap = Samples.longestGap(LongStream.concat(fresh.answers(), kept.answers()).sorted());
    sum.longestGapMillis = Math.max(sum.longestGapMillis, gap / 1e6);
    if (picture != null) {
      picture(setting, picture, peer.name(), from, to, kept, firsts);
    }
  }

  private static void picture(
      Setting setting,
      Path file,
      String name,
      long from,
      long to,
      Samples samples,
      List<Long> swaps) {
    try {
      Plots.latency(
          file, name + ", kept connections", from, samples.timeLine(from, to, STEP), swaps);
    } catch (IOException e) {
      setting.progress(String.valueOf(e.getMessage()));
    }
  }

  private static void count(Sum sum, Tally fresh, Tally kept) {
    sum.newAnswered += fresh.answered();
    sum.newFailed += fresh.failed();
    sum.keptAnswered += kept.answered();
    sum.keptFailed += kept.failed();
    sum.closed += kept.closedIdle();
    for (Tally tally : List.of(fresh, kept)) {
      tally.failures().forEach((cause, n) -> sum.causes.merge(cause, n, Long::sum));
    }
  }

  private static void report(Setting setting, Findings findings, Map<String, Sum> sums) {
    List<List<String>> table = new ArrayList<>();
    table.add(
        List.of(
            "", "swaps", "told to first new answer", "requests", "failed, new connections",
            "failed, kept connections", "p50", "p99", "p99.9", "longest gap between two answers"));
    sums.forEach(
        (name, sum) -> {
          table.add(
              List.of(
                  name,
                  Integer.toString(sum.swaps),
                  Stats.number(Stats.median(sum.millisToFirst)) + " ms",
                  Long.toString(
                      sum.newAnswered + sum.newFailed + sum.keptAnswered + sum.keptFailed),
                  Long.toString(sum.newFailed),
                  Long.toString(sum.keptFailed),
                  millis(sum.latency, 50),
                  millis(sum.latency, 99),
                  millis(sum.latency, 99.9),
                  Stats.number(sum.longestGapMillis) + " ms"));
          findings.keep(name, raw(sum));
        });
    findings.table(table);
    sums.forEach(
        (name, sum) -> {
          if (!sum.causes.isEmpty()) {
            findings.say("How requests failed, " + name + ": " + sum.causes);
          }
        });
    for (Peers.Peer peer : Peers.of(setting, App.tomcat(setting.root()))) {
      if (sums.containsKey(peer.name())) {
        findings.say(peer.name() + ": " + peer.how() + ".");
        findings.picture("swap-" + slug(peer.name()) + ".png", "latency of " + peer.name());
      }
    }
    Sum own = sums.get("graceful");
    if (own == null) {
      return;
    }
    Figure.Target none = Figure.Target.most(0, "0");
    String others = others(sums, sum -> Long.toString(sum.newFailed));
    findings.figure(
        Figure.of(
            "failed requests, " + own.swaps + " swaps, new connections",
            Long.toString(own.newFailed), (double) own.newFailed, none, others));
    others = others(sums, sum -> Long.toString(sum.keptFailed));
    findings.figure(
        Figure.of(
            "failed requests, " + own.swaps + " swaps, kept connections",
            Long.toString(own.keptFailed), (double) own.keptFailed, none, others));
    findings.figure(
        Figure.told(
            "p99.9 across the swaps",
            millis(own.latency, 99.9),
            own.latency.getValueAtPercentile(99.9) / 1000.0,
            others(sums, sum -> millis(sum.latency, 99.9))));
    findings.figure(
        Figure.told(
            "longest gap between two answers across the swaps",
            Stats.number(own.longestGapMillis) + " ms",
            own.longestGapMillis,
            others(sums, sum -> Stats.number(sum.longestGapMillis) + " ms")));
  }

  private static String others(
      Map<String, Sum> sums, java.util.function.Function<Sum, String> figure) {
    List<String> texts = new ArrayList<>();
    sums.forEach(
        (name, sum) -> {
          if (!name.equals("graceful")) {
            texts.add(name + " " + figure.apply(sum));
          }
        });
    return String.join("; ", texts);
  }

  private static String millis(Histogram latency, double percentile) {
    return Stats.number(latency.getValueAtPercentile(percentile) / 1000.0) + " ms";
  }

  private static Map<String, Object> raw(Sum sum) {
    Map<String, Object> raw = new LinkedHashMap<>();
    raw.put("swaps", sum.swaps);
    raw.put("ms_to_first_new_answer", sum.millisToFirst);
    raw.put("new_answered", sum.newAnswered);
    raw.put("new_failed", sum.newFailed);
    raw.put("kept_answered", sum.keptAnswered);
    raw.put("kept_failed", sum.keptFailed);
    raw.put("kept_closed_idle", sum.closed);
    raw.put("failures", sum.causes);
    for (double p : new double[] {50, 90, 99, 99.9, 99.99, 100}) {
      raw.put("p" + Stats.number(p) + "_us", sum.latency.getValueAtPercentile(p));
    }
    raw.put("longest_gap_ms", sum.longestGapMillis);
    return raw;
  }
}
