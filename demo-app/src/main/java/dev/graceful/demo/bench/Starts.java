package dev.graceful.demo.bench;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** HUP to the first answer of the new version, against a bare start to the first answer. */
final class Starts implements Scenario {
  private static final int PAIRS = 7;
  private static final int PAIRS_IF_QUICK = 2;

  @Override
  public String name() {
    return "start";
  }

  @Override
  public String title() {
    return "HUP to the first new answer, against a bare start";
  }

  @Override
  public Findings run(Setting setting) throws IOException, InterruptedException {
    Findings findings = new Findings();
    findings.say(
        "From `HUP` to the first answer of the new version (the old one serves, idle), "
            + "against `java -jar` of the same jar from its start to its first answer; pairs in"
            + " turn. Who asks takes time from who starts: asked at intervals of a twentieth of the"
            + " time so far, 50 ms at most. Measured once the class-data archive is there, which is"
            + " made beside the first worker.");
    List<List<String>> table = new ArrayList<>();
    table.add(List.of("", "JDK", "pairs", "graceful", "java -jar", "ratio"));
    for (Path jdk : setting.quick() ? List.of(setting.jdk()) : setting.jdks()) {
      App demo = App.demo(setting.root());
      pairs(setting, findings, table, demo, jdk, Figure.Target.most(1.10, "1.10"));
      App spring = App.springMvc(setting.root());
      pairs(setting, findings, table, spring, jdk, Figure.Target.most(0.60, "0.60"));
    }
    findings.table(table);
    return findings;
  }

  private static void pairs(
      Setting setting,
      Findings findings,
      List<List<String>> table,
      App app,
      Path jdk,
      Figure.Target target)
      throws IOException, InterruptedException {
    List<Double> swaps = new ArrayList<>();
    List<Double> starts = new ArrayList<>();
    boolean archive;
    int pairs = setting.runs(PAIRS, PAIRS_IF_QUICK);
    try (Graceful graceful = new Graceful(setting.root(), jdk, app, setting.fresh("start"));
        Bare bare = new Bare(jdk, app, setting.fresh("bare"))) {
      graceful.start();
      archive = graceful.hasArchive();
      graceful.swap(); // the first worker wrote down what the next ones use
      for (int i = 0; i < pairs; i++) {
        for (int turn = 0; turn < 2; turn++) {
          if ((i + turn) % 2 == 0) {
            swaps.add(swap(graceful));
          } else {
            starts.add(start(bare));
          }
        }
        setting.progress(
            "start: %s, pair %d of %d: %s ms, bare %s ms"
                .formatted(
                    app.title(),
                    i + 1,
                    pairs,
                    Stats.number(swaps.get(i)),
                    Stats.number(starts.get(i))));
      }
    }
    List<Double> ratios = Stats.ratios(swaps, starts);
    double ratio = Stats.median(ratios);
    String java = Machine.javaVersion(jdk);
    table.add(
        List.of(
            app.title(),
            java,
            Integer.toString(pairs),
            Stats.spread(swaps) + " ms",
            Stats.spread(starts) + " ms",
            Stats.spread(ratios)));
    findings.figure(
        Figure.of(
            "HUP to first new answer against a bare start: " + app.title() + ", JDK " + java,
            Stats.spread(ratios),
            ratio,
            target,
            archive ? "" : "there was no class-data archive"));
    findings.keep(app.title() + ", JDK " + java + ", ms from HUP", swaps);
    findings.keep(app.title() + ", JDK " + java + ", ms from start", starts);
  }

  private static double swap(Graceful graceful) throws IOException, InterruptedException {
    Contender.Swap swap = graceful.tell();
    double millis = (Http.await(graceful.port(), swap.version()) - swap.begun()) / 1e6;
    graceful.awaitOneWorker();
    return millis;
  }

  private static double start(Bare bare) throws IOException, InterruptedException {
    long begun = bare.launch();
    double millis = (Http.await(bare.port(), bare.current()) - begun) / 1e6;
    bare.stop();
    return millis;
  }
}
