package dev.graceful.demo.bench;

import java.awt.BasicStroke;
import java.awt.Color;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.knowm.xchart.BitmapEncoder;
import org.knowm.xchart.XYChart;
import org.knowm.xchart.XYChartBuilder;
import org.knowm.xchart.XYSeries;
import org.knowm.xchart.style.Styler;
import org.knowm.xchart.style.markers.SeriesMarkers;

/** Pictures: latency over time, with the swaps marked. */
final class Plots {
  private static final int WIDTH = 900;
  private static final int HEIGHT = 320;
  private static final double LEAST_MILLIS = 0.1; // the axis is logarithmic
  private static final double MOST_MILLIS = 10_000;

  private Plots() {}

  /**
   * Draws one run.
   *
   * @param from the time that counts as 0
   * @param swaps when each new version answered first
   * @param file to write, a PNG
   * @throws IOException if it cannot be written, or if this JVM has no fonts
   */
  static void latency(
      Path file, String title, long from, List<Samples.Slice> slices, List<Long> swaps)
      throws IOException {
    try {
      XYChart chart = chart(title, slices.isEmpty() ? 1 : seconds(from, last(slices).at()));
      for (int i = 0; i < swaps.size(); i++) {
        swap(chart, seconds(from, swaps.get(i)), i);
      }
      curve(chart, "slowest", from, slices, false, new Color(0xf4, 0xa5, 0x82));
      curve(chart, "median", from, slices, true, new Color(0x21, 0x66, 0xac));
      failures(chart, from, slices);
      BitmapEncoder.saveBitmap(chart, file.toString(), BitmapEncoder.BitmapFormat.PNG);
    } catch (RuntimeException | LinkageError | InternalError e) {
      throw new IOException(
          "a picture could not be drawn (" + e + "); fontconfig and a font are needed", e);
    }
  }

  private static Samples.Slice last(List<Samples.Slice> slices) {
    return slices.get(slices.size() - 1);
  }

  private static XYChart chart(String title, double seconds) {
    XYChart chart =
        new XYChartBuilder()
            .width(WIDTH)
            .height(HEIGHT)
            .title(title)
            .xAxisTitle("seconds")
            .yAxisTitle("latency, ms")
            .build();
    var style = chart.getStyler();
    style.setYAxisLogarithmic(true);
    style.setYAxisMin(LEAST_MILLIS);
    style.setYAxisMax(MOST_MILLIS);
    style.setXAxisMin(0.0);
    style.setXAxisMax(Math.ceil(seconds));
    style.setLegendPosition(Styler.LegendPosition.OutsideE);
    style.setChartBackgroundColor(Color.WHITE);
    style.setPlotGridLinesColor(new Color(0xe0, 0xe0, 0xe0));
    style.setYAxisDecimalPattern("#.#");
    style.setLocale(Locale.ROOT);
    return chart;
  }

  private static void swap(XYChart chart, double at, int number) {
    XYSeries line =
        chart.addSeries(
            number == 0 ? "swap" : "swap " + number,
            List.of(at, at),
            List.of(LEAST_MILLIS, MOST_MILLIS));
    line.setMarker(SeriesMarkers.NONE);
    line.setLineColor(new Color(0x80, 0x80, 0x80));
    line.setLineStyle(
        new BasicStroke(1, BasicStroke.CAP_BUTT, BasicStroke.JOIN_MITER, 1, new float[] {4}, 0));
    line.setShowInLegend(number == 0);
  }

  private static void curve(
      XYChart chart,
      String name,
      long from,
      List<Samples.Slice> slices,
      boolean median,
      Color color) {
    List<Double> x = new ArrayList<>();
    List<Double> y = new ArrayList<>();
    for (Samples.Slice slice : slices) {
      x.add(seconds(from, slice.at()));
      double micros = median ? slice.medianMicros() : slice.maxMicros();
      // where nothing was answered, the line has a hole
      y.add(slice.answered() == 0 ? Double.NaN : within(micros / 1000));
    }
    if (!x.isEmpty()) {
      XYSeries series = chart.addSeries(name, x, y);
      series.setMarker(SeriesMarkers.NONE);
      series.setLineColor(color);
      series.setLineWidth(1.4f);
    }
  }

  private static void failures(XYChart chart, long from, List<Samples.Slice> slices) {
    List<Samples.Slice> failed = slices.stream().filter(slice -> slice.failed() > 0).toList();
    if (failed.isEmpty()) {
      return;
    }
    XYSeries series =
        chart.addSeries(
            "failed requests",
            failed.stream().map(slice -> seconds(from, slice.at())).toList(),
            failed.stream().map(slice -> MOST_MILLIS * 0.6).toList());
    series.setXYSeriesRenderStyle(XYSeries.XYSeriesRenderStyle.Scatter);
    series.setMarker(SeriesMarkers.CROSS);
    series.setMarkerColor(Color.RED);
  }

  private static double within(double millis) {
    return Math.max(LEAST_MILLIS, Math.min(MOST_MILLIS, millis));
  }

  private static double seconds(long from, long at) {
    return (at - from) / 1e9;
  }
}
