package dev.graceful.demo.bench;

import dev.graceful.demo.soak.Load;
import dev.graceful.demo.soak.LoadPlan;
import dev.graceful.demo.soak.Tally;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Latency around a swap against steady state, with and without {@code --warmup}. */
final class Warmth implements Scenario {
  private static final int CLIENTS = 8;
  private static final int RATE = 200;
  private static final int TURNS = 6;
  private static final int TURNS_IF_QUICK = 2;
  private static final String WARMUP_REQUESTS = "2000";
  private static final long SECOND = TimeUnit.SECONDS.toNanos(1);

  @Override
  public String name() {
    return "warmth";
  }

  @Override
  public String title() {
    return "Latency around a swap";
  }

  /** Of the swaps with, or without, a warm-up: p99 in ms. */
  private static final class Turns {
    private final List<Double> steady = new ArrayList<>();
    private final List<Double> around = new ArrayList<>();
    private final List<Double> after = new ArrayList<>();
    private long failed;

    List<Double> ratios() {
      return Stats.ratios(around, steady);
    }
  }

  @Override
  public Findings run(Setting setting) throws IOException, InterruptedException {
    App app = App.springMvc(setting.root());
    int turns = setting.runs(TURNS, TURNS_IF_QUICK);
    Findings findings = new Findings();
    findings.say(
        ("%s, %d kept connections, a held rate of %d requests a second. With warm-up: "
                + "`--warmup / --warmup-requests %s`. p99 of each swap: steady: the 4 s before "
                + "`HUP`; around: from 1 s before to 1 s after the first answer of the new version;"
                + " after: the 2 s after it. Medians of %d swaps each, in turn.")
            .formatted(app.title(), CLIENTS, RATE, WARMUP_REQUESTS, turns));
    Turns warm = new Turns();
    Turns cold = new Turns();
    try (Graceful warmed =
            new Graceful(
                setting.root(),
                setting.jdk(),
                app,
                setting.fresh("warm"),
                "--warmup",
                "/",
                "--warmup-requests",
                WARMUP_REQUESTS);
        Graceful plain = new Graceful(setting.root(), setting.jdk(), app, setting.fresh("cold"))) {
      warmed.start();
      plain.start();
      for (Graceful graceful : List.of(warmed, plain)) {
        try (Load load = Load.start(Saturation.plan(graceful.port()))) {
          TimeUnit.SECONDS.sleep(setting.seconds(6, 3));
          load.stop();
        }
      }
      for (int i = 0; i < turns; i++) {
        turn(setting, warmed, warm, "with warm-up", i == 0);
        turn(setting, plain, cold, "without warm-up", i == 0);
        setting.progress(
            "warmth: swap %d of %d: p99 steady %s, around %s ms; without warm-up %s, %s ms"
                .formatted(
                    i + 1,
                    turns,
                    Stats.number(warm.steady.get(i)),
                    Stats.number(warm.around.get(i)),
                    Stats.number(cold.steady.get(i)),
                    Stats.number(cold.around.get(i))));
      }
    }
    report(findings, warm, cold);
    return findings;
  }

  private static void turn(
      Setting setting, Graceful graceful, Turns turns, String title, boolean draw)
      throws IOException, InterruptedException {
    Samples samples = new Samples(CLIENTS);
    LoadPlan plan =
        LoadPlan.of(Http.address(graceful.port()), CLIENTS)
            .only("/")
            .keepingAlive()
            .holding(RATE)
            .toldTo(samples);
    Contender.Swap swap;
    long from = System.nanoTime();
    try (Load load = Load.start(plan)) {
      TimeUnit.SECONDS.sleep(5);
      int before = graceful.state().serving();
      swap = graceful.tell();
      graceful.awaitState(state -> state.serving() > before);
      TimeUnit.MILLISECONDS.sleep(2500);
      graceful.awaitOneWorker();
      Tally tally = load.stop();
      turns.failed += tally.failed();
    }
    long to = System.nanoTime();
    long first = samples.firstOf(swap.version(), swap.begun());
    if (first == 0) {
      throw new IllegalStateException("the new version answered nobody");
    }
    turns.steady.add(p99(samples, swap.begun() - 4 * SECOND, swap.begun()));
    turns.around.add(p99(samples, first - SECOND, first + SECOND));
    turns.after.add(p99(samples, first, first + 2 * SECOND));
    if (draw) {
      Path file = setting.out().resolve("warmth-" + title.replace(' ', '-') + ".png");
      try {
        Plots.latency(
            file,
            "a swap " + title + ", Spring Boot MVC",
            from,
            samples.timeLine(from, to, SECOND / 10),
            List.of(first));
      } catch (IOException e) {
        setting.progress(String.valueOf(e.getMessage()));
      }
    }
  }

  private static double p99(Samples samples, long from, long to) {
    return samples.latency(from, to).getValueAtPercentile(99) / 1000.0;
  }

  private static void report(Findings findings, Turns warm, Turns cold) {
    findings.table(
        List.of(
            List.of("p99, ms", "steady", "around", "after", "around to steady", "failed"),
            row("with warm-up", warm),
            row("without", cold)));
    findings.picture("warmth-with-warm-up.png", "a swap with warm-up");
    findings.picture("warmth-without-warm-up.png", "a swap without warm-up");
    findings.figure(
        Figure.of(
            "p99 in the 2 s around a swap against steady state, with warm-up",
            Stats.spread(warm.ratios()),
            Stats.median(warm.ratios()),
            Figure.Target.most(1.5, "1.5"),
            "without warm-up: " + Stats.spread(cold.ratios())));
    List<Double> coldToWarm = Stats.ratios(cold.after, warm.after);
    findings.figure(
        Figure.told(
            "p99 of the first 2 s after a swap: without warm-up against with it",
            Stats.spread(coldToWarm),
            Stats.median(coldToWarm),
            ""));
    findings.keep("warm, steady p99 ms", warm.steady);
    findings.keep("warm, around p99 ms", warm.around);
    findings.keep("warm, after p99 ms", warm.after);
    findings.keep("cold, steady p99 ms", cold.steady);
    findings.keep("cold, around p99 ms", cold.around);
    findings.keep("cold, after p99 ms", cold.after);
  }

  private static List<String> row(String name, Turns turns) {
    return List.of(
        name,
        Stats.spread(turns.steady),
        Stats.spread(turns.around),
        Stats.spread(turns.after),
        Stats.spread(turns.ratios()),
        Long.toString(turns.failed));
  }
}
