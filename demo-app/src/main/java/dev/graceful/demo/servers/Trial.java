package dev.graceful.demo.servers;

import dev.graceful.demo.soak.Load;
import dev.graceful.demo.soak.LoadPlan;
import dev.graceful.demo.soak.Tally;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;

/** One server on one JDK under one kind of load, swapped again and again. */
final class Trial {
  private static final int CLIENTS = 16;

  /** So that both releases serve, however slowly they start. */
  private static final int FEWEST_SWAPS = 2;

  private static final Duration SWAP_EVERY = Duration.ofSeconds(3);

  /** Short, so that a connection which does not move is seen to fail before the trial is over. */
  private static final int HAMMER_TIME_S = 15;

  private final ServerUnderTest server;
  private final boolean keepAlive;
  private final int paceMillis;
  private final List<Long> swapMillis = new ArrayList<>();
  private final List<String> remarks = new ArrayList<>();
  private final List<String> log = new ArrayList<>();
  private String seat = "";

  /**
   * @param paceMillis the shortest time between two requests of a client; negative: 10 for new
   *     connections, 0 for kept ones
   */
  Trial(ServerUnderTest server, boolean keepAlive, int paceMillis) {
    this.server = server;
    this.keepAlive = keepAlive;
    this.paceMillis = paceMillis >= 0 ? paceMillis : keepAlive ? 0 : 10;
  }

  /** What happened, line by line, for whoever looks for a cause. */
  List<String> log() {
    return List.copyOf(log);
  }

  /**
   * Runs it.
   *
   * @param folder of its own, empty
   */
  Result run(
      Path launcher, Path jdk, Path built, Path folder, int seconds, String version, String release)
      throws IOException, InterruptedException {
    Tally tally = Tally.none();
    try (SupervisedServer instance =
        SupervisedServer.start(
            launcher, jdk, server, built, folder, "--hammer-time", HAMMER_TIME_S + "s")) {
      try {
        long worker = instance.awaitServing();
        seat = Seating.of(worker, instance.port());
        tally = load(instance, seconds);
      } catch (IllegalStateException e) {
        remarks.add(String.valueOf(e.getMessage()));
      }
      int exit = instance.stop();
      if (exit != 0) {
        remarks.add("graceful exited with " + exit);
      }
      instance.output().forEach(line -> log.add("graceful: " + line));
    }
    return result(tally, version, release);
  }

  private Tally load(SupervisedServer instance, int seconds)
      throws IOException, InterruptedException {
    InetSocketAddress target =
        new InetSocketAddress(InetAddress.getLoopbackAddress(), instance.port());
    LoadPlan plan =
        LoadPlan.of(target, CLIENTS)
            .asking(server.questions())
            .pacedBy(Duration.ofMillis(paceMillis));
    plan = keepAlive ? plan.keepingAlive() : plan;
    try (Load load = Load.start(plan)) {
      long start = System.nanoTime();
      long end = start + TimeUnit.SECONDS.toNanos(seconds);
      long next = start + SWAP_EVERY.toNanos();
      try {
        while (next < end || swapMillis.size() < FEWEST_SWAPS) {
          TimeUnit.NANOSECONDS.sleep(Math.max(0, next - System.nanoTime()));
          long at = (System.nanoTime() - start) / 1_000_000;
          swapMillis.add(instance.swap());
          log.add(at + " ms: HUP, served after " + swapMillis.get(swapMillis.size() - 1) + " ms");
          next = Math.max(next + SWAP_EVERY.toNanos(), System.nanoTime());
        }
        TimeUnit.SECONDS.sleep(1);
        if (keepAlive && !instance.awaitOneWorker(HAMMER_TIME_S * 2)) {
          remarks.add("an old worker is still there");
        }
      } catch (IllegalStateException e) {
        remarks.add(String.valueOf(e.getMessage()));
      }
      Tally tally = load.stop();
      tally.examples().forEach(log::add);
      if (instance.releasesDiffer() && !swapMillis.isEmpty() && tally.versions().size() < 2) {
        remarks.add("only one release answered");
      }
      return tally;
    }
  }

  private Result result(Tally tally, String version, String jdk) {
    new TreeMap<>(tally.failures()).forEach((cause, n) -> remarks.add(n + " x " + cause));
    long byLimit = 0;
    long otherwise = tally.closedIdle();
    for (Map.Entry<Long, Long> closes : tally.closedWithNotice().entrySet()) {
      if (server.requestLimit() > 0 && closes.getKey() >= server.requestLimit()) {
        byLimit += closes.getValue();
      } else {
        otherwise += closes.getValue();
      }
    }
    return new Result(
        server.name(),
        version,
        jdk,
        keepAlive ? "keep" : "new",
        seat,
        swapMillis.size(),
        swapMillis.isEmpty() ? 0 : swapMillis.stream().sorted().toList().get(swapMillis.size() / 2),
        tally.answered(),
        tally.failed(),
        tally.connections(),
        server.releaseEntry() == null ? -1 : tally.versionChanges(),
        byLimit,
        otherwise,
        String.join("; ", remarks));
  }
}
