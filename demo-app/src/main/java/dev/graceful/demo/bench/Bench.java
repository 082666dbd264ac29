package dev.graceful.demo.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * Measures what {@code scripts/bench} was asked for and writes the report. Exit code 0: everything
 * could be measured, whatever the figures are; 1: something could not, and the report says why.
 */
public final class Bench {
  private static final double BUSY_PERCENT = 15;

  private Bench() {}

  /** Runs it; {@code --help} tells the options. */
  public static void main(String[] args) throws Exception {
    if (List.of(args).contains("--help")) {
      System.out.print(BenchOptions.usage());
      return;
    }
    BenchOptions options;
    try {
      options = BenchOptions.parse(args);
    } catch (IllegalArgumentException e) {
      System.err.println("bench: " + e.getMessage() + "; scripts/bench --help tells more");
      System.exit(2);
      return;
    }
    System.exit(run(options) ? 0 : 1);
  }

  private static boolean run(BenchOptions options) throws IOException, InterruptedException {
    Files.createDirectories(options.out());
    Path folder = Files.createTempDirectory("graceful-bench");
    Setting setting =
        new Setting(
            options.root(), options.out(), folder, options.jdks(), options.quick(), options.runs());
    Runtime.getRuntime().addShutdownHook(new Thread(() -> cleanUp(setting)));
    Report report = new Report(setting);
    long begun = System.nanoTime();
    boolean all = true;
    for (Scenario scenario : options.scenarios()) {
      setting.progress(scenario.name() + ": " + scenario.title());
      double busy = Machine.busy();
      if (busy > BUSY_PERCENT) {
        setting.progress("the machine is %.0f %% busy with something else".formatted(busy));
      }
      try {
        Findings findings = scenario.run(setting);
        if (busy > BUSY_PERCENT) {
          findings.say(
              ("The machine was %.0f %% busy with something else when this began: the figures "
                      + "say little.")
                  .formatted(busy));
        }
        findings.keep("busy % before", busy);
        report.add(scenario, findings);
      } catch (IOException | IllegalStateException e) {
        String why = e.getMessage() == null ? e.toString() : e.getMessage();
        setting.progress(scenario.name() + " could not be measured: " + why);
        report.addFailed(scenario, why);
        all = false;
      }
      report.write((System.nanoTime() - begun) / 1_000_000_000);
    }
    if (options.writeDocs()) {
      report.writeDocs(options.root().resolve("docs"));
    }
    report.figures().forEach(System.out::println);
    setting.progress("the report is " + options.out().resolve("report.md"));
    return all;
  }

  /** Leaves nothing behind, even if it is interrupted. */
  private static void cleanUp(Setting setting) {
    Program.stopAll();
    try {
      Program.killLeftovers(setting.folder());
      setting.deleteFolder();
    } catch (IOException e) {
      setting.progress(setting.folder() + " could not be deleted: " + e.getMessage());
    }
  }
}
