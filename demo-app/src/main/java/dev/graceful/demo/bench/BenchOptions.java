package dev.graceful.demo.bench;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * What the program was asked for.
 *
 * @param root of the checkout
 * @param jdks for the servers
 * @param runs instead of each scenario's own number; 0: its own
 * @param writeDocs whether docs/measured.md is written as well
 */
record BenchOptions(
    Path root,
    Path out,
    List<Path> jdks,
    boolean quick,
    int runs,
    boolean writeDocs,
    List<Scenario> scenarios) {

  static final List<Scenario> SCENARIOS =
      List.of(
          new SwapUnderLoad(),
          new Starts(),
          Throughput.againstBare(),
          Throughput.againstNginx(),
          new Warmth(),
          new AtRest(),
          new IdleConnections(),
          new ManyListeners());

  static String usage() {
    StringBuilder text =
        new StringBuilder(
            """
            Usage: scripts/bench [--quick] [--runs N] [--jdk HOME]... [--out DIR] [--write-docs]
                                 [NAME...]
              --quick       shorter and fewer runs: some minutes instead of about twenty
              --runs N      how often each thing is measured, instead of its own number
              --jdk HOME    the JDK for the servers; repeated: the starts are measured with each
              --out DIR     where the report goes; default: target/bench
              --write-docs  writes docs/measured.md too; needs a run of everything
              NAME          which scenarios; default: all. They are:
            """);
    for (Scenario scenario : SCENARIOS) {
      text.append("                %-12s  %s%n".formatted(scenario.name(), scenario.title()));
    }
    return text.toString();
  }

  /**
   * Reads the command line.
   *
   * @throws IllegalArgumentException with one line that says what is wrong
   */
  static BenchOptions parse(String[] args) {
    Path root = Path.of("").toAbsolutePath();
    Path out = null;
    List<Path> jdks = new ArrayList<>();
    boolean quick = false;
    int runs = 0;
    boolean docs = false;
    List<Scenario> scenarios = new ArrayList<>();
    for (int i = 0; i < args.length; i++) {
      switch (args[i]) {
        case "--root" -> root = Path.of(value(args, ++i)).toAbsolutePath().normalize();
        case "--out" -> out = Path.of(value(args, ++i)).toAbsolutePath().normalize();
        case "--jdk" -> jdks.add(jdk(value(args, ++i)));
        case "--runs" -> runs = number(value(args, ++i));
        case "--quick" -> quick = true;
        case "--write-docs" -> docs = true;
        default -> scenarios.add(scenario(args[i]));
      }
    }
    if (docs && !scenarios.isEmpty()) {
      throw new IllegalArgumentException(
          "--write-docs needs a run of everything; name no scenario");
    }
    return new BenchOptions(
        root,
        out != null ? out : root.resolve("target/bench"),
        jdks.isEmpty() ? List.of(Path.of(System.getProperty("java.home"))) : jdks,
        quick,
        runs,
        docs,
        scenarios.isEmpty() ? SCENARIOS : scenarios);
  }

  private static String value(String[] args, int i) {
    if (i >= args.length) {
      throw new IllegalArgumentException(args[i - 1] + " needs a value");
    }
    return args[i];
  }

  private static int number(String value) {
    if (!value.matches("[1-9][0-9]{0,3}")) {
      throw new IllegalArgumentException("--runs needs a number from 1 to 9999, not " + value);
    }
    return Integer.parseInt(value);
  }

  private static Path jdk(String value) {
    Path home = Path.of(value).toAbsolutePath().normalize();
    if (!home.resolve("bin/java").toFile().canExecute()) {
      throw new IllegalArgumentException("there is no JDK in " + value);
    }
    return home;
  }

  private static Scenario scenario(String name) {
    return SCENARIOS.stream()
        .filter(scenario -> scenario.name().equals(name))
        .findFirst()
        .orElseThrow(() -> new IllegalArgumentException("there is no scenario " + name));
  }
}
