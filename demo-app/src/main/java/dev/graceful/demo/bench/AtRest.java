package dev.graceful.demo.bench;

import dev.graceful.demo.soak.ProcFigures;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** What the supervisor holds while nothing happens, and how long {@code graceful status} takes. */
final class AtRest implements Scenario {
  private static final int STATUSES = 11;
  private static final int STATUSES_IF_QUICK = 5;

  @Override
  public String name() {
    return "rest";
  }

  @Override
  public String title() {
    return "The supervisor at rest, and the status";
  }

  @Override
  public Findings run(Setting setting) throws IOException, InterruptedException {
    int seconds = setting.seconds(60, 10);
    int statuses = setting.runs(STATUSES, STATUSES_IF_QUICK);
    Findings findings = new Findings();
    ProcFigures figures;
    double percent;
    List<Double> status = new ArrayList<>();
    List<Double> java = new ArrayList<>();
    try (Graceful graceful =
        new Graceful(
            setting.root(), setting.jdk(), App.demo(setting.root()), setting.fresh("rest"))) {
      graceful.start();
      graceful.swap(); // a supervisor that has worked
      setting.progress("rest: the supervisor is watched for " + seconds + " s");
      Cpu.awaitRest(graceful.supervisor());
      Cpu before = Cpu.of(graceful.supervisor());
      TimeUnit.SECONDS.sleep(seconds);
      percent = Cpu.of(graceful.supervisor()).since(before) / 1e9 / seconds * 100;
      figures = ProcFigures.of(graceful.supervisor());
      List<String> version = List.of(setting.jdk().resolve("bin/java").toString(), "-version");
      for (int i = 0; i < statuses; i++) {
        status.add(timed(setting, graceful.statusCommand()));
        java.add(timed(setting, version));
      }
      setting.progress("rest: status in " + Stats.number(Stats.median(status)) + " s");
    }
    report(findings, figures, percent, seconds);
    findings.figure(
        Figure.of(
            "`graceful status`",
            Stats.spread(status) + " s",
            Stats.median(status),
            Figure.Target.most(0.35, "0.35 s"),
            "`java -version` beside it: " + Stats.spread(java) + " s"));
    findings.keep("status s", status);
    findings.keep("java -version s", java);
    return findings;
  }

  private static double timed(Setting setting, List<String> command)
      throws IOException, InterruptedException {
    long begun = System.nanoTime();
    Program.run(setting.folder(), command);
    return (System.nanoTime() - begun) / 1e9;
  }

  private static void report(Findings findings, ProcFigures figures, double percent, int seconds) {
    double megabytes = figures.rssKilobytes() / 1024.0;
    findings.figure(
        Figure.of(
            "supervisor at rest: resident memory",
            Stats.number(megabytes) + " MB",
            megabytes,
            Figure.Target.most(60, "60 MB"),
            "after one swap"));
    findings.figure(
        Figure.of(
            "supervisor at rest: CPU over " + seconds + " s",
            Stats.number(percent) + " % of a core",
            percent,
            Figure.Target.most(0.05, "0.05 % of a core"),
            ""));
    findings.figure(
        Figure.told(
            "supervisor at rest: threads, descriptors",
            figures.threads() + ", " + figures.descriptors(),
            figures.threads(),
            ""));
    findings.keep("rss kB", figures.rssKilobytes());
    findings.keep("cpu %", percent);
    findings.keep("threads", figures.threads());
    findings.keep("descriptors", figures.descriptors());
  }
}
