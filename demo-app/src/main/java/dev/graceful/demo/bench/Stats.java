package dev.graceful.demo.bench;

import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;

/** Figures of several runs, as one. */
final class Stats {
  private Stats() {}

  /** The median; NaN of nothing. */
  static double median(List<Double> values) {
    return quantile(values, 0.5);
  }

  /** By linear interpolation between the two nearest; NaN of nothing. */
  static double quantile(List<Double> values, double q) {
    if (values.isEmpty()) {
      return Double.NaN;
    }
    List<Double> sorted = values.stream().sorted().toList();
    double at = q * (sorted.size() - 1);
    int below = (int) Math.floor(at);
    int above = Math.min(below + 1, sorted.size() - 1);
    return sorted.get(below) + (at - below) * (sorted.get(above) - sorted.get(below));
  }

  /** The ratio of each pair, first to second. */
  static List<Double> ratios(List<Double> first, List<Double> second) {
    return IntStream.range(0, Math.min(first.size(), second.size()))
        .mapToObj(i -> first.get(i) / second.get(i))
        .toList();
  }

  /** With as many digits as mean something. */
  static String number(double value) {
    double size = Math.abs(value);
    String pattern = size >= 100 || value == 0 ? "%.0f" : size >= 10 ? "%.1f" : "%.2f";
    if (size < 0.1 && value != 0) {
      pattern = "%.3f";
    }
    return String.format(Locale.ROOT, pattern, value);
  }

  /** Median, and in brackets the quarter below and above it. */
  static String spread(List<Double> values) {
    return number(median(values))
        + " ("
        + number(quantile(values, 0.25))
        + " to "
        + number(quantile(values, 0.75))
        + ")";
  }
}
