package dev.graceful.demo.bench;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/** The figures of swaps under load, graceful's beside its peers'. */
final class SwapReport {
  static final String OWN = "graceful";

  private SwapReport() {}

  /** Writes the sums of all contenders, by name. */
  static void write(Findings findings, Map<String, SwapSum> sums) {
    List<List<String>> table = new ArrayList<>();
    table.add(
        List.of(
            "",
            "swaps",
            "told to first new answer",
            "requests",
            "failed, new connections",
            "failed, kept connections",
            "p50",
            "p99",
            "p99.9",
            "longest gap between two answers"));
    sums.forEach(
        (name, sum) -> {
          table.add(row(name, sum));
          findings.keep(name, sum.raw());
        });
    findings.table(table);
    sums.forEach(
        (name, sum) -> {
          if (!sum.causes().isEmpty()) {
            findings.say("How requests failed, " + name + ": " + sum.causes());
          }
        });
    SwapSum own = sums.get(OWN);
    if (own != null) {
      figures(findings, own, sums);
    }
  }

  private static List<String> row(String name, SwapSum sum) {
    return List.of(
        name,
        Integer.toString(sum.swaps()),
        millis(Stats.median(sum.millisToFirst())),
        Long.toString(sum.answered() + sum.failed()),
        Long.toString(sum.newFailed()),
        Long.toString(sum.keptFailed()),
        millis(sum.percentileMillis(50)),
        millis(sum.percentileMillis(99)),
        millis(sum.percentileMillis(99.9)),
        millis(sum.longestGapMillis()));
  }

  private static void figures(Findings findings, SwapSum own, Map<String, SwapSum> sums) {
    Figure.Target none = Figure.Target.most(0, "0");
    findings.figure(
        Figure.of(
            "failed requests, " + own.swaps() + " swaps, new connections",
            Long.toString(own.newFailed()),
            (double) own.newFailed(),
            none,
            others(sums, sum -> Long.toString(sum.newFailed()))));
    findings.figure(
        Figure.of(
            "failed requests, " + own.swaps() + " swaps, kept connections",
            Long.toString(own.keptFailed()),
            (double) own.keptFailed(),
            none,
            others(sums, sum -> Long.toString(sum.keptFailed()))));
    double p999 = own.percentileMillis(99.9);
    findings.figure(
        Figure.told(
            "p99.9 across the swaps",
            millis(p999),
            p999,
            others(sums, sum -> millis(sum.percentileMillis(99.9)))));
    findings.figure(
        Figure.told(
            "longest gap between two answers across the swaps",
            millis(own.longestGapMillis()),
            own.longestGapMillis(),
            others(sums, sum -> millis(sum.longestGapMillis()))));
  }

  private static String others(Map<String, SwapSum> sums, Function<SwapSum, String> figure) {
    List<String> texts = new ArrayList<>();
    sums.forEach(
        (name, sum) -> {
          if (!name.equals(OWN)) {
            texts.add(name + " " + figure.apply(sum));
          }
        });
    return String.join("; ", texts);
  }

  private static String millis(double millis) {
    return Stats.number(millis) + " ms";
  }
}
