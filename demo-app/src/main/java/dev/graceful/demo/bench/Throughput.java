package dev.graceful.demo.bench;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** Throughput in steady state, against the same server bare; and against it behind nginx. */
final class Throughput implements Scenario {
  private static final int PAIRS = 10;
  private static final int PAIRS_IF_QUICK = 2;
  private static final int WARM_SECONDS = 3;
  private static final int MOST_WARM_ROUNDS = 6;
  private static final int MOST_WARM_ROUNDS_IF_QUICK = 2;
  private static final double STEADY = 0.04;

  private final boolean proxy;

  private Throughput(boolean proxy) {
    this.proxy = proxy;
  }

  static Throughput againstBare() {
    return new Throughput(false);
  }

  static Throughput againstNginx() {
    return new Throughput(true);
  }

  @Override
  public String name() {
    return proxy ? "proxy" : "throughput";
  }

  @Override
  public String title() {
    return proxy ? "Throughput against nginx in front" : "Throughput in steady state";
  }

  /** The two that take turns. */
  private record Pair(Graceful graceful, Contender other, Pid otherPid) {}

  private interface Pid {
    long pid();
  }

  @Override
  public Findings run(Setting setting) throws IOException, InterruptedException {
    if (proxy && !Peers.nginxMissing().isEmpty()) {
      throw new IOException(Peers.nginxMissing());
    }
    int seconds = setting.seconds(5, 2);
    Findings findings = new Findings();
    findings.say(
        ("8 saturated keep-alive clients on the same machine; both servers run side by "
                + "side, warmed up, and are loaded in turn for %d s each, in the order ABBA. The "
                + "one under graceful has been swapped once before.")
            .formatted(seconds));
    List<List<String>> table = new ArrayList<>();
    table.add(
        List.of(
            "",
            "pairs",
            "graceful, requests/s",
            proxy ? "behind nginx" : "bare",
            "ratio",
            "server's CPU for a request, ratio"));
    List<App> apps = new ArrayList<>(List.of(App.nettyNio(setting.root())));
    if (!proxy) {
      apps.add(App.tomcat(setting.root()));
      if (!setting.quick()) {
        apps.add(App.nettyEpoll(setting.root()));
      }
    }
    for (App app : apps) {
      try (Graceful graceful =
          new Graceful(setting.root(), setting.jdk(), app, setting.fresh("graceful"))) {
        if (proxy) {
          try (BehindNginx other =
              new BehindNginx(setting.root(), setting.jdk(), app, setting.fresh("nginx"))) {
            pairs(setting, findings, table, app, new Pair(graceful, other, other::pid), seconds);
          }
        } else {
          try (Bare other = new Bare(setting.jdk(), app, setting.fresh("bare"))) {
            pairs(setting, findings, table, app, new Pair(graceful, other, other::pid), seconds);
          }
        }
      }
    }
    findings.table(table);
    return findings;
  }

  /** Loads both until neither is more than a little faster than in the round before. */
  private void warmUp(Setting setting, Pair pair, long own, long others)
      throws IOException, InterruptedException {
    double last = 1;
    double lastOther = 1;
    int most = setting.quick() ? MOST_WARM_ROUNDS_IF_QUICK : MOST_WARM_ROUNDS;
    for (int i = 0; i < most; i++) {
      double rate = Saturation.of(pair.graceful().port(), own, WARM_SECONDS).requestsPerSecond();
      double other = Saturation.of(pair.other().port(), others, WARM_SECONDS).requestsPerSecond();
      if (rate < last * (1 + STEADY) && other < lastOther * (1 + STEADY)) {
        return;
      }
      last = rate;
      lastOther = other;
    }
    setting.progress(name() + ": not steady after " + most + " rounds of warming up");
  }

  private void pairs(
      Setting setting, Findings findings, List<List<String>> table, App app, Pair pair, int seconds)
      throws IOException, InterruptedException {
    int pairs = setting.runs(proxy ? PAIRS / 2 : PAIRS, PAIRS_IF_QUICK);
    pair.graceful().start();
    pair.graceful().swap();
    pair.other().start();
    long own = pair.graceful().worker();
    long others = pair.otherPid().pid();
    warmUp(setting, pair, own, others);
    List<Double> rates = new ArrayList<>();
    List<Double> otherRates = new ArrayList<>();
    List<Double> cpu = new ArrayList<>();
    List<Double> otherCpu = new ArrayList<>();
    for (int i = 0; i < pairs; i++) {
      for (int turn = 0; turn < 2; turn++) {
        boolean first = (i + turn) % 2 == 0;
        Saturation seen =
            first
                ? Saturation.of(pair.graceful().port(), own, seconds)
                : Saturation.of(pair.other().port(), others, seconds);
        (first ? rates : otherRates).add(seen.requestsPerSecond());
        (first ? cpu : otherCpu).add(seen.cpuMicros());
      }
      setting.progress(
          "%s: %s, pair %d of %d: %s/s, other %s/s"
              .formatted(
                  name(),
                  app.title(),
                  i + 1,
                  pairs,
                  Stats.number(rates.get(i)),
                  Stats.number(otherRates.get(i))));
    }
    List<Double> ratios = Stats.ratios(rates, otherRates);
    table.add(
        List.of(
            app.title(),
            Integer.toString(pairs),
            Stats.spread(rates),
            Stats.spread(otherRates),
            Stats.spread(ratios),
            Stats.spread(Stats.ratios(cpu, otherCpu))));
    double ratio = Stats.median(ratios);
    findings.figure(
        proxy
            ? Figure.told(
                "throughput against the same server behind nginx: " + app.title(),
                Stats.spread(ratios),
                ratio,
                "server, nginx and clients share the machine")
            : Figure.of(
                "throughput in steady state against bare: " + app.title(),
                Stats.spread(ratios),
                ratio,
                Figure.Target.least(0.98, "0.98"),
                ""));
    findings.keep(app.title() + ", requests/s under graceful", rates);
    findings.keep(app.title() + ", requests/s of the other", otherRates);
    findings.keep(app.title() + ", server's CPU us/request under graceful", cpu);
    findings.keep(app.title() + ", server's CPU us/request of the other", otherCpu);
  }
}
