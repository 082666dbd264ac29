package dev.graceful.demo.bench;

import dev.graceful.demo.soak.Load;
import dev.graceful.demo.soak.LoadPlan;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Many swaps under a load with new and kept connections: what clients see, beside each peer. */
final class SwapUnderLoad implements Scenario {
  private static final int CLIENTS = 8; // of each kind
  private static final int RATE = 250; // of each kind
  private static final int SWAPS = 20;
  private static final int SWAPS_IF_QUICK = 3;
  private static final long STEP = TimeUnit.MILLISECONDS.toNanos(100);

  @Override
  public String name() {
    return "swap";
  }

  @Override
  public String title() {
    return "Swaps under load";
  }

  @Override
  public Findings run(Setting setting) throws IOException, InterruptedException {
    App app = App.tomcat(setting.root());
    int swaps = setting.runs(SWAPS, SWAPS_IF_QUICK);
    int rounds = setting.quick() || swaps < 2 ? 1 : 2;
    Findings findings = new Findings();
    findings.say(
        ("%s (the Java ones), %d clients with a new connection for each request and %d "
                + "that keep theirs, each kind at a held rate of %d requests a second, none "
                + "retries. Latency counts from when a request was due.")
            .formatted(app.title(), CLIENTS, CLIENTS, RATE));
    Map<String, SwapSum> sums = new LinkedHashMap<>();
    for (int round = 0; round < rounds; round++) {
      for (Peers.Peer peer : Peers.of(setting, app)) {
        if (!peer.missing().isEmpty()) {
          if (round == 0) {
            setting.progress("swap: " + peer.name() + " is left out: " + peer.missing());
            findings.say("Not measured: " + peer.name() + ". " + peer.missing());
          }
          continue;
        }
        SwapSum sum = sums.computeIfAbsent(peer.name(), key -> new SwapSum());
        int part = swaps / rounds + (round < swaps % rounds ? 1 : 0);
        Path picture = round == 0 ? setting.out().resolve(pictureOf(peer)) : null;
        try {
          one(setting, peer, part, sum, picture);
        } catch (IOException | IllegalStateException e) {
          if (peer.name().equals(SwapReport.OWN)) {
            throw e;
          }
          setting.progress("swap: a round is left out: " + e.getMessage());
          findings.say("A round is left out: " + e.getMessage());
          continue;
        }
        setting.progress(
            "swap: round %d, %s: %d swaps, %d answered, %d failed"
                .formatted(round + 1, peer.name(), part, sum.answered(), sum.failed()));
      }
    }
    SwapReport.write(findings, sums);
    for (Peers.Peer peer : Peers.of(setting, app)) {
      if (sums.containsKey(peer.name())) {
        findings.say(peer.name() + ": " + peer.how() + ".");
        findings.picture(pictureOf(peer), "latency of " + peer.name());
      }
    }
    return findings;
  }

  private static String pictureOf(Peers.Peer peer) {
    return "swap-" + peer.name().toLowerCase(Locale.ROOT).replaceAll("[^a-z]+", "-") + ".png";
  }

  private static void one(
      Setting setting, Peers.Peer peer, int swaps, SwapSum sum, @Nullable Path picture)
      throws IOException, InterruptedException {
    Samples fresh = new Samples(CLIENTS);
    Samples kept = new Samples(CLIENTS);
    List<Contender.Swap> done = new ArrayList<>();
    long from;
    long to;
    try (Contender contender = peer.factory().in(setting.fresh("swap"))) {
      contender.start();
      LoadPlan plan =
          LoadPlan.of(Http.address(contender.port()), CLIENTS)
              .only("/")
              .holding(RATE)
              .patientFor(Duration.ofSeconds(20));
      try (Load warm = Load.start(plan)) {
        TimeUnit.SECONDS.sleep(setting.seconds(3, 2));
        warm.stop();
      }
      from = System.nanoTime();
      try (Load first = Load.start(plan.toldTo(fresh));
          Load second = Load.start(plan.keepingAlive().toldTo(kept))) {
        for (int i = 0; i < swaps; i++) {
          TimeUnit.SECONDS.sleep(1);
          done.add(contender.swap());
        }
        TimeUnit.MILLISECONDS.sleep(1500);
        to = System.nanoTime();
        sum.count(first.stop(), second.stop());
      } catch (IllegalStateException e) {
        throw new IllegalStateException(
            peer.name() + ": " + e.getMessage() + "; it said: " + contender.lastLines(), e);
      }
    }
    List<Long> firsts = new ArrayList<>();
    for (Contender.Swap swap : done) {
      long first = fresh.firstOf(swap.version(), swap.begun());
      if (first != 0) {
        firsts.add(first);
        sum.addSwap((first - swap.begun()) / 1e6);
      }
    }
    sum.add(done.size(), List.of(fresh, kept), from, to);
    if (picture != null) {
      picture(setting, picture, peer.name(), from, to, kept, firsts);
    }
  }

  private static void picture(
      Setting setting,
      Path file,
      String name,
      long from,
      long to,
      Samples samples,
      List<Long> swaps) {
    try {
      Plots.latency(
          file, name + ", kept connections", from, samples.timeLine(from, to, STEP), swaps);
    } catch (IOException e) {
      setting.progress(String.valueOf(e.getMessage()));
    }
  }
}
