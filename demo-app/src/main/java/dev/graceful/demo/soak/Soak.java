package dev.graceful.demo.soak;

import java.io.IOException;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * Runs a server under graceful, swaps its jar again and again under a strict load, and tells what
 * failed. Exit code 0: nothing did.
 */
public final class Soak {
  private static final PrintStream OUT = System.out;
  private static final Duration SWAP_EVERY = Duration.ofSeconds(3);
  private static final int PROGRESS_EVERY_S = 5;

  /** Descriptors come and go by a few (a client of the control socket, a drain's timer). */
  private static final int DESCRIPTOR_SLACK = 5;

  private final SoakOptions options;
  private final SoakInstance instance;
  private final long start = System.nanoTime();
  private final List<String> complaints = new ArrayList<>();
  private int swaps;
  private long nextProgress;

  private Soak(SoakOptions options, SoakInstance instance) {
    this.options = options;
    this.instance = instance;
  }

  /** Runs a soak; {@code --help} tells its options. */
  public static void main(String[] args) throws Exception {
    if (List.of(args).contains("--help")) {
      OUT.println(SoakOptions.USAGE);
      return;
    }
    SoakOptions options;
    try {
      options = SoakOptions.parse(args);
    } catch (IllegalArgumentException e) {
      System.err.println("soak: " + e.getMessage() + "; scripts/soak --help tells the options");
      System.exit(2);
      return;
    }
    System.exit((options.chaos() ? chaos(options) : run(options)) ? 0 : 1);
  }

  private static boolean chaos(SoakOptions options) throws IOException, InterruptedException {
    Path folder = Files.createTempDirectory("chaos");
    try (ChaosInstance instance = ChaosInstance.start(options.launcher(), folder)) {
      return Chaos.run(OUT, instance, options.seed(), options.seconds(), options.clients())
          .isEmpty();
    } finally {
      delete(folder);
    }
  }

  private static boolean run(SoakOptions options) throws IOException, InterruptedException {
    Path folder = Files.createTempDirectory("soak");
    try (SoakInstance instance = SoakInstance.start(options.launcher(), folder)) {
      try {
        return new Soak(options, instance).soak();
      } catch (IllegalStateException e) {
        OUT.println("FAILED: " + e.getMessage());
        instance.output().forEach(line -> OUT.println("  graceful: " + line));
        return false;
      }
    } finally {
      delete(folder);
    }
  }

  private boolean soak() throws IOException, InterruptedException {
    instance.awaitVersion("v1");
    swap(); // the first one loads classes and buffers that stay
    ProcFigures before = ProcFigures.of(instance.pid());
    InetSocketAddress target =
        new InetSocketAddress(InetAddress.getLoopbackAddress(), instance.port());
    LoadPlan plan = LoadPlan.of(target, options.clients());
    plan = options.slow() ? plan.only("/slow?ms=2000") : plan;
    plan = options.keepAlive() ? plan.keepingAlive() : plan;
    OUT.printf(
        "%d clients, %s, %s%n",
        options.clients(),
        options.keepAlive() ? "connections kept" : "a new connection for each request",
        options.swaps() > 0
            ? options.swaps() + " swaps in a row"
            : options.seconds() + " s, a swap every " + SWAP_EVERY.toSeconds() + " s");
    Tally tally;
    try (Load load = Load.start(plan)) {
      if (options.swaps() > 0) {
        swapInARow(load);
      } else {
        swapNowAndThen(load);
      }
      tally = load.stop();
    }
    instance.awaitOneWorker();
    ProcFigures after = ProcFigures.of(instance.pid());
    judge(tally, before, after);
    int exit = instance.stop();
    if (exit != 0) {
      complaints.add("graceful exited with " + exit);
    }
    report(tally, before, after);
    return complaints.isEmpty();
  }

  private void swapInARow(Load load) throws IOException, InterruptedException {
    for (int i = 0; i < options.swaps() && complaints.isEmpty(); i++) {
      swap();
      instance.awaitOneWorker();
      progress(load.now());
    }
  }

  private void swapNowAndThen(Load load) throws IOException, InterruptedException {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(options.seconds());
    long next = System.nanoTime() + SWAP_EVERY.toNanos();
    while (System.nanoTime() < end && complaints.isEmpty()) {
      if (System.nanoTime() >= next) {
        swap();
        next = Math.max(next + SWAP_EVERY.toNanos(), System.nanoTime());
      }
      progress(load.now());
      TimeUnit.MILLISECONDS.sleep(20);
    }
  }

  private void swap() throws IOException, InterruptedException {
    try {
      instance.swap();
      swaps++;
    } catch (IllegalStateException e) {
      complaints.add(String.valueOf(e.getMessage()));
    }
  }

  private void progress(Tally tally) {
    long seconds = (System.nanoTime() - start) / 1_000_000_000;
    if (seconds >= nextProgress) {
      nextProgress = seconds + PROGRESS_EVERY_S;
      OUT.printf(
          "%5d s  %8d answered  %4d failed  %4d swaps%n",
          seconds, tally.answered(), tally.failed(), swaps);
    }
  }

  private void judge(Tally tally, ProcFigures before, ProcFigures after) {
    if (tally.failed() > 0) {
      complaints.add(tally.failed() + " requests failed");
    }
    if (tally.versions().size() < 2) {
      complaints.add("only one version answered");
    }
    if (options.keepAlive() && tally.closedIdle() > 0) {
      complaints.add(tally.closedIdle() + " idle connections were closed");
    }
    if (after.descriptors() > before.descriptors() + DESCRIPTOR_SLACK) {
      complaints.add("descriptors are left behind");
    }
  }

  private void report(Tally tally, ProcFigures before, ProcFigures after) {
    OUT.printf("%n%-28s %d%n", "requests answered", tally.answered());
    tally.versions().forEach((version, n) -> OUT.printf("%-28s %d%n", "  by " + version, n));
    OUT.printf("%-28s %d%n", "requests failed", tally.failed());
    tally.failures().forEach((cause, n) -> OUT.printf("  %6d  %s%n", n, cause));
    tally.examples().forEach(example -> OUT.println("  at " + example));
    if (options.keepAlive()) {
      OUT.printf("%-28s %d%n", "idle connections closed", tally.closedIdle());
    }
    OUT.printf("%-28s %d ms%n", "slowest request", tally.slowestMillis());
    OUT.printf("%-28s %d%n", "swaps", swaps);
    row("supervisor's descriptors", before.descriptors(), after.descriptors(), "");
    row("supervisor's threads", before.threads(), after.threads(), "");
    row("supervisor's memory", before.rssKilobytes(), after.rssKilobytes(), " kB");
    if (complaints.isEmpty()) {
      OUT.println("Nothing failed.");
    } else {
      OUT.println("FAILED: " + String.join("; ", complaints));
      instance.output().forEach(line -> OUT.println("  graceful: " + line));
    }
  }

  private static void row(String name, long before, long after, String unit) {
    OUT.printf("%-28s %d -> %d%s%n", name, before, after, unit);
  }

  private static void delete(Path folder) throws IOException {
    try (Stream<Path> tree = Files.walk(folder)) {
      for (Path path : tree.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(path);
      }
    }
  }
}
