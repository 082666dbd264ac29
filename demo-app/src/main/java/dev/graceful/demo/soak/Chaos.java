package dev.graceful.demo.soak;

import java.io.IOException;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;

/**
 * Things go wrong at random moments, under a load of clients that never retry: new connections and
 * kept ones. Each blow is followed by a rest, so that what failed is known to be its doing. Only a
 * worker that is killed may cost requests: those that were inside it.
 */
public final class Chaos {
  /** What goes wrong. */
  private enum Blow {
    SUPERVISOR("supervisor killed and started again"),
    SUPERVISOR_IN_UPGRADE("supervisor killed in an upgrade"),
    SERVING_WORKER("serving worker killed"),
    STARTING_WORKER("starting worker killed"),
    STOPPED_WORKER("serving worker stopped for a while"),
    GARBAGE("jar overwritten with garbage"),
    FULL_DISK("disk of the run directory full"),
    STORM("storm of HUP"),
    SELF_UPGRADE("supervisor replaced by upgrade-supervisor");

    final String text;

    Blow(String text) {
      this.text = text;
    }
  }

  private static final Duration PACE = Duration.ofMillis(10);
  private static final int SLACK = 5;

  private final PrintStream out;
  private final ChaosInstance instance;
  private final Random random;
  private final int clients;
  private final Map<Blow, Integer> blows = new EnumMap<>(Blow.class);
  private final Map<Blow, Long> failed = new EnumMap<>(Blow.class);
  private final List<String> complaints = new ArrayList<>();

  private Chaos(PrintStream out, ChaosInstance instance, Random random, int clients) {
    this.out = out;
    this.instance = instance;
    this.random = random;
    this.clients = clients;
  }

  /**
   * Runs for so many seconds; no kind of blow falls twice before each has fallen once.
   *
   * @param seed of the moments and their order
   * @param clients of each of the two loads
   * @return what is not as it should be; empty if all is well
   */
  public static List<String> run(
      PrintStream out, ChaosInstance instance, long seed, int seconds, int clients)
      throws IOException, InterruptedException {
    out.println("chaos, seed " + seed);
    return new Chaos(out, instance, new Random(seed), clients).run(seconds);
  }

  private List<String> run(int seconds) throws IOException, InterruptedException {
    instance.awaitServing();
    instance.swap();
    InetSocketAddress target =
        new InetSocketAddress(InetAddress.getLoopbackAddress(), instance.port());
    LoadPlan plan = LoadPlan.of(target, clients).pacedBy(PACE);
    ProcFigures before = ProcFigures.of(instance.pid());
    Tally fresh;
    Tally kept;
    try (Load freshLoad = Load.start(plan);
        Load keptLoad = Load.start(plan.keepingAlive())) {
      long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(seconds);
      List<Blow> first = new ArrayList<>(List.of(Blow.values()));
      java.util.Collections.shuffle(first, random);
      while (complaints.isEmpty() && System.nanoTime() < end) {
        Blow blow =
            first.isEmpty() ? Blow.values()[random.nextInt(Blow.values().length)] : first.remove(0);
        long failures = freshLoad.now().failed() + keptLoad.now().failed();
        strike(blow);
        long more = freshLoad.now().failed() + keptLoad.now().failed() - failures;
        judge(blow, more);
      }
      instance.swap();
      instance.awaitOneWorker();
      fresh = freshLoad.stop();
      kept = keptLoad.stop();
    }
    examine(before);
    report(fresh, kept);
    return List.copyOf(complaints);
  }

  private void strike(Blow blow) throws IOException, InterruptedException {
    out.printf("  %s%n", blow.text);
    int said = instance.said("reload failed");
    try {
      switch (blow) {
        case SUPERVISOR -> {
          instance.killSupervisor();
          pause(500);
          instance.startAgain();
        }
        case SUPERVISOR_IN_UPGRADE -> {
          instance.hupWithNext();
          pause(1_500);
          instance.killSupervisor();
          pause(200);
          instance.startAgain();
        }
        case SERVING_WORKER -> instance.killServingWorker();
        case STARTING_WORKER -> {
          instance.hupWithNext();
          instance.killStartingWorker();
        }
        case STOPPED_WORKER -> {
          long worker = instance.servingWorker();
          instance.signal("STOP", worker);
          pause(1_500);
          instance.signal("CONT", worker);
        }
        case GARBAGE -> {
          instance.overwriteWithGarbage();
          instance.signal("HUP", instance.pid());
          instance.awaitSaid("reload failed", said);
        }
        case FULL_DISK -> {
          if (instance.fillDisk()) {
            instance.hupWithNext();
            // an archive that is being made and finds no room makes some when it is given up
            while (!instance.awaitVersionOrSaid("reload failed", said)) {
              instance.fillDisk();
              instance.hupWithNext();
            }
            instance.killSupervisor();
            instance.startAgain();
            instance.awaitServing();
            instance.emptyDisk();
          } else {
            out.println("    skipped: only root can mount a small tmpfs for it");
          }
        }
        case STORM -> {
          for (int i = 0; i < 30; i++) {
            instance.signal("HUP", instance.pid());
            pause(40);
          }
        }
        case SELF_UPGRADE -> instance.upgradeSupervisor();
        default -> throw new IllegalStateException(blow.text);
      }
      instance.awaitServing();
      instance.awaitOneWorker();
      instance.swap();
      instance.awaitOneWorker();
    } catch (IllegalStateException e) {
      complaints.add("after '" + blow.text + "': " + e.getMessage());
    }
  }

  private void pause(int most) throws InterruptedException {
    TimeUnit.MILLISECONDS.sleep(random.nextInt(most));
  }

  private void judge(Blow blow, long more) {
    blows.merge(blow, 1, Integer::sum);
    failed.merge(blow, more, Long::sum);
    int may = blow == Blow.SERVING_WORKER ? 2 * clients : 0;
    if (more > may) {
      complaints.add(more + " requests failed after '" + blow.text + "'");
    }
  }

  private void examine(ProcFigures before) throws IOException, InterruptedException {
    try {
      instance.awaitDescriptors(before.descriptors() + SLACK);
    } catch (IllegalStateException e) {
      ProcFigures after = ProcFigures.of(instance.pid());
      complaints.add("descriptors are left behind: " + before + " -> " + after);
    }
    List<Long> supervisors = instance.supervisors();
    if (supervisors.size() != 1) {
      complaints.add("supervisors: " + supervisors);
    }
    if (instance.stop() != 0) {
      complaints.add("graceful did not exit with 0");
    }
    try {
      instance.awaitNobody();
    } catch (IllegalStateException e) {
      complaints.add("left behind: " + instance.processes());
    }
  }

  private void report(Tally fresh, Tally kept) {
    out.printf("%n%-44s %5s %9s%n", "what happened", "times", "failed");
    blows.forEach((blow, n) -> out.printf("%-44s %5d %9d%n", blow.text, n, failed.get(blow)));
    out.printf("%-44s %d%n", "requests answered on new connections", fresh.answered());
    out.printf("%-44s %d%n", "requests answered on kept connections", kept.answered());
    for (Tally tally : List.of(fresh, kept)) {
      tally.failures().forEach((cause, n) -> out.printf("  %6d  %s%n", n, cause));
    }
    if (complaints.isEmpty()) {
      out.println("Only requests inside a killed worker failed.");
    } else {
      out.println("FAILED: " + String.join("; ", complaints));
      instance.output().forEach(line -> out.println("  graceful: " + line));
    }
  }
}
