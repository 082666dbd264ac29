package dev.graceful.demo.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import com.fasterxml.jackson.jr.ob.JSON;
import java.util.List;
import java.util.Map;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/** The arithmetic of the report. */
class FiguresTest {
  private static final long MS = 1_000_000;

  @Test
  void requestsCountWhereTheyWereDue() {
    Samples samples = new Samples(2);
    samples.answered(0, 10 * MS, 12 * MS, "v1");
    samples.answered(1, 19 * MS, 219 * MS, "v1");
    samples.answered(0, 20 * MS, 21 * MS, "v2");
    assertThat(samples.latency(10 * MS, 20 * MS).getTotalCount()).isEqualTo(2);
    assertThat(samples.latency(10 * MS, 20 * MS).getMaxValue()).isBetween(199_000L, 201_000L);
    assertThat(samples.latency(20 * MS, 30 * MS).getMaxValue()).isBetween(999L, 1001L);
  }

  @Test
  void theFirstAnswerOfAVersionIsTheEarliestOfAnyClientAfterTheSwap() {
    Samples samples = new Samples(2);
    samples.answered(0, 0, 1, "v2");
    samples.answered(0, 10, 11, "v1");
    samples.answered(1, 10, 12, "v1");
    samples.answered(0, 20, 25, "v2");
    samples.answered(1, 20, 23, "v2");
    assertThat(samples.firstOf("v2", 15)).isEqualTo(23);
    assertThat(samples.firstOf("v1", 15)).isZero();
  }

  @Test
  void theGapIsBetweenAnswersOfAnybody() {
    assertThat(Samples.longestGap(LongStream.of(1, 5, 6, 20, 21))).isEqualTo(14);
    assertThat(Samples.longestGap(LongStream.of(1))).isZero();
  }

  @Test
  void theTimeLineTellsWhereNothingWasAnsweredAndWhatFailed() {
    Samples samples = new Samples(1);
    samples.answered(0, 5 * MS, 7 * MS, "v1");
    samples.failed(0, 15 * MS, 16 * MS, "read: no answer");
    List<Samples.Slice> line = samples.timeLine(0, 30 * MS, 10 * MS);
    assertThat(line).extracting(Samples.Slice::answered).containsExactly(1L, 0L, 0L);
    assertThat(line).extracting(Samples.Slice::failed).containsExactly(0L, 1L, 0L);
    assertThat(line.get(0).maxMicros()).isBetween(1_980.0, 2_020.0);
  }

  @Test
  void aMissSaysByHowMuch() {
    Figure.Target target = Figure.Target.most(2, "2");
    assertThat(Figure.of("x", "2", 2, target, "").outcome()).isEqualTo("met");
    assertThat(Figure.of("x", "2.5", 2.5, target, "").outcome()).isEqualTo("**missed** by 25.0 %");
    assertThat(Figure.of("x", "1", 1, Figure.Target.least(4, "4"), "").outcome())
        .isEqualTo("**missed** by 75.0 %");
    assertThat(Figure.of("x", "3", 3, Figure.Target.most(0, "0"), "").outcome())
        .isEqualTo("**missed** by 3.00");
    assertThat(Figure.of("x", "nothing", Double.NaN, target, "").outcome()).contains("missed");
    assertThat(Figure.told("x", "1", 1, "").outcome()).isEmpty();
  }

  @Test
  void mediansAndRatios() {
    assertThat(Stats.median(List.of(3.0, 1.0, 2.0))).isEqualTo(2);
    assertThat(Stats.median(List.of(4.0, 1.0, 2.0, 3.0))).isEqualTo(2.5);
    assertThat(Stats.median(List.of())).isNaN();
    assertThat(Stats.ratios(List.of(1.0, 6.0), List.of(2.0, 3.0))).containsExactly(0.5, 2.0);
    assertThat(Stats.spread(List.of(1.0, 2.0, 3.0))).isEqualTo("2.00 (1.50 to 2.50)");
  }

  @Test
  void jsonIsJson() throws Exception {
    String text = Report.text(Report.json(Figure.told("a \"quoted\"\n", "?", Double.NaN, "")));
    Map<String, Object> read = JSON.std.mapFrom(text);
    assertThat(text).contains("\"value\" : null");
    assertThat(read).containsEntry("what", "a \"quoted\"\n").containsEntry("value", null);
    assertThat(JSON.std.mapFrom(Report.text(Report.json(Figure.told("x", "2.5", 2.5, "")))))
        .containsEntry("value", 2.5);
  }

  @Test
  void whatIsWrongOnTheCommandLineIsSaid() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> BenchOptions.parse(new String[] {"nonsense"}))
        .withMessage("there is no scenario nonsense");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> BenchOptions.parse(new String[] {"--runs", "0"}))
        .withMessageContaining("--runs needs a number");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> BenchOptions.parse(new String[] {"--write-docs", "rest"}))
        .withMessageContaining("run of everything");
    assertThat(BenchOptions.parse(new String[] {"--quick", "rest", "swap"}).scenarios())
        .extracting(Scenario::name)
        .containsExactly("rest", "swap");
  }
}
