package dev.graceful.demo.bench;

import dev.graceful.demo.bench.app.ManyPorts;
import dev.graceful.demo.soak.AppJar;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** A hundred listeners, handed over in one go, against one. */
final class ManyListeners implements Scenario {
  private static final int PORTS = 100;
  private static final int RUNS = 7;
  private static final int RUNS_IF_QUICK = 3;

  @Override
  public String name() {
    return "listeners";
  }

  @Override
  public String title() {
    return "A hundred listeners";
  }

  @Override
  public Findings run(Setting setting) throws IOException, InterruptedException {
    Path folder = setting.fresh("jars");
    List<Path> jars =
        List.of(jar("v1", folder.resolve("v1.jar")), jar("v2", folder.resolve("v2.jar")));
    int runs = setting.runs(RUNS, RUNS_IF_QUICK);
    List<Double> one = new ArrayList<>();
    List<Double> many = new ArrayList<>();
    List<Double> spread = new ArrayList<>();
    long late = 0;
    try (Graceful single = graceful(setting, jars, 1);
        Graceful hundred = graceful(setting, jars, PORTS)) {
      single.start();
      hundred.start();
      single.swap();
      hundred.swap();
      for (int i = 0; i < runs; i++) {
        Contender.Swap swap = single.tell();
        one.add((Http.await(single.port(), swap.version()) - swap.begun()) / 1e6);
        single.awaitOneWorker();
        swap = hundred.tell();
        long first = Http.await(hundred.port(), swap.version());
        late += othersLate(hundred.port(), swap.version());
        long last = System.nanoTime();
        many.add((first - swap.begun()) / 1e6);
        spread.add((last - first) / 1e6);
        hundred.awaitOneWorker();
        setting.progress(
            "listeners: swap %d of %d: %s ms, with one listener %s ms"
                .formatted(i + 1, runs, Stats.number(many.get(i)), Stats.number(one.get(i))));
      }
    }
    return report(one, many, spread, late);
  }

  private static Path jar(String version, Path target) {
    return new AppJar()
        .attribute("Main-Class", ManyPorts.class.getName())
        .attribute("Implementation-Version", version)
        .packageOf(ManyPorts.class)
        .moveTo(target);
  }

  private static Graceful graceful(Setting setting, List<Path> jars, int ports) throws IOException {
    App app =
        new App(
            ports + " listeners",
            jars,
            "",
            List.of("v1", "v2"),
            List.of("PORT", Integer.toString(ports)));
    return new Graceful(
        setting.root(),
        setting.jdk(),
        app,
        Http.freePorts(ports),
        setting.fresh("listeners-" + ports + "-"));
  }

  /** How many of the others are still answered by the old version, once the first is not. */
  private static long othersLate(int first, String version)
      throws IOException, InterruptedException {
    long late = 0;
    for (int port = first + 1; port < first + PORTS; port++) {
      if (!Http.get(port).version().equals(version)) {
        late++;
        Http.await(port, version);
      }
    }
    return late;
  }

  private static Findings report(
      List<Double> one, List<Double> many, List<Double> spread, long late) {
    Findings findings = new Findings();
    findings.say(
        "The JDK's HttpServer on one port, and on "
            + PORTS
            + "; swaps in turn, from `HUP` to the first answer of the new version. As soon as "
            + "the first port answers, the others are asked, one after the other.");
    findings.table(
        List.of(
            List.of("listeners", "HUP to first new answer", "then: all others asked within"),
            List.of("1", Stats.spread(one) + " ms", ""),
            List.of(
                Integer.toString(PORTS),
                Stats.spread(many) + " ms",
                Stats.spread(spread) + " ms")));
    findings.figure(
        Figure.told(
            PORTS + " listeners handed over in one go: HUP to first new answer",
            Stats.spread(many) + " ms",
            Stats.median(many),
            "with one listener "
                + Stats.spread(one)
                + " ms; of the others "
                + late
                + " still answered with the old version"));
    findings.keep("one ms", one);
    findings.keep("many ms", many);
    findings.keep("spread ms", spread);
    findings.keep("late", late);
    return findings;
  }
}
