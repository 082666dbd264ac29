package dev.graceful.demo.bench;

import dev.graceful.demo.soak.HttpConnection;
import dev.graceful.demo.soak.ProcFigures;
import java.io.IOException;
import java.net.InetAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Swaps while thousands of idle keep-alive connections are held, against swaps with none. */
final class IdleConnections implements Scenario {
  private static final int CONNECTIONS = 5000;
  private static final int SPARE_DESCRIPTORS = 500;
  private static final int RUNS = 5;
  private static final int RUNS_IF_QUICK = 2;
  private static final long PATIENCE_S = 90;

  @Override
  public String name() {
    return "connections";
  }

  @Override
  public String title() {
    return "Thousands of idle connections";
  }

  /** Of the swaps with, or without, connections. */
  private static final class Runs {
    private final List<Double> takeOverMillis = new ArrayList<>();
    private final List<Double> movedMillis = new ArrayList<>();
    private final List<Double> supervisorCpuMillis = new ArrayList<>();
    private long lost;
    private long elsewhere;
  }

  @Override
  public Findings run(Setting setting) throws IOException, InterruptedException {
    int needed = CONNECTIONS + SPARE_DESCRIPTORS;
    if (Machine.descriptors() < needed) {
      throw new IOException(
          "it needs "
              + needed
              + " descriptors and may have "
              + Machine.descriptors()
              + "; raise the limit: ulimit -n "
              + needed);
    }
    App app = App.nettyNio(setting.root());
    int runs = setting.runs(RUNS, RUNS_IF_QUICK);
    Findings findings = new Findings();
    Runs none = new Runs();
    Runs many = new Runs();
    double restPercent;
    try (Graceful graceful =
        new Graceful(setting.root(), setting.jdk(), app, setting.fresh("connections"))) {
      graceful.start();
      graceful.swap();
      for (int i = 0; i < runs; i++) {
        one(graceful, 0, none);
        one(graceful, CONNECTIONS, many);
        setting.progress(
            "connections: swap %d of %d: took over after %s ms, %s ms without; moved in %s ms"
                .formatted(
                    i + 1,
                    runs,
                    Stats.number(many.takeOverMillis.get(i)),
                    Stats.number(none.takeOverMillis.get(i)),
                    Stats.number(many.movedMillis.get(i))));
      }
      restPercent = atRest(graceful, setting.seconds(10, 5));
    }
    report(findings, app, none, many, restPercent);
    return findings;
  }

  private static void one(Graceful graceful, int connections, Runs runs)
      throws IOException, InterruptedException {
    List<HttpConnection> held = new ArrayList<>();
    try {
      open(graceful.port(), connections, held);
      Cpu cpu = Cpu.of(graceful.supervisor());
      Contender.Swap swap = graceful.tell();
      long first = Http.await(graceful.port(), swap.version());
      runs.takeOverMillis.add((first - swap.begun()) / 1e6);
      if (connections > 0) {
        long pid = graceful.worker();
        await("all connections to move", () -> ProcFigures.of(pid).descriptors() >= connections);
        runs.movedMillis.add((System.nanoTime() - first) / 1e6);
      }
      graceful.awaitOneWorker();
      runs.supervisorCpuMillis.add(Cpu.of(graceful.supervisor()).since(cpu) / 1e6);
      for (HttpConnection connection : held) {
        try {
          if (!ask(connection).equals(swap.version())) {
            runs.elsewhere++;
          }
        } catch (IOException e) {
          runs.lost++;
        }
      }
    } finally {
      for (HttpConnection connection : held) {
        connection.close();
      }
    }
    long pid = graceful.worker();
    await(
        "the closed connections to end",
        () -> ProcFigures.of(pid).descriptors() < SPARE_DESCRIPTORS);
  }

  private static void open(int port, int connections, List<HttpConnection> held)
      throws IOException {
    for (int i = 0; i < connections; i++) {
      // from many addresses: one has not ports enough for all runs, one after the other
      InetAddress source = InetAddress.getByAddress(new byte[] {127, 0, 1, (byte) (1 + i % 50)});
      HttpConnection connection =
          HttpConnection.open(Http.address(port), source, Duration.ofSeconds(20));
      held.add(connection);
      ask(connection);
    }
  }

  private static String ask(HttpConnection connection) throws IOException {
    connection.send("GET", "/", new byte[0], false);
    return connection.receive().version();
  }

  private interface Question {
    boolean answer() throws IOException;
  }

  private static void await(String what, Question question)
      throws IOException, InterruptedException {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_S);
    while (!question.answer()) {
      if (System.nanoTime() > deadline) {
        throw new IllegalStateException("waited " + PATIENCE_S + " s in vain for " + what);
      }
      TimeUnit.MILLISECONDS.sleep(5);
    }
  }

  /** The supervisor's CPU while the connections are held and nothing happens, in % of a core. */
  private static double atRest(Graceful graceful, int seconds)
      throws IOException, InterruptedException {
    List<HttpConnection> held = new ArrayList<>();
    try {
      open(graceful.port(), CONNECTIONS, held);
      Cpu.awaitRest(graceful.supervisor());
      Cpu before = Cpu.of(graceful.supervisor());
      TimeUnit.SECONDS.sleep(seconds);
      return Cpu.of(graceful.supervisor()).since(before) / 1e9 / seconds * 100;
    } finally {
      for (HttpConnection connection : held) {
        connection.close();
      }
    }
  }

  private static void report(Findings findings, App app, Runs none, Runs many, double restPercent) {
    findings.say(
        ("%s with %d idle keep-alive connections, each of which has had one answer; swaps "
                + "with and without them in turn. Moved: from the first answer of the new version "
                + "to a new connection until the new worker holds all of them; then each is asked.")
            .formatted(app.title(), CONNECTIONS));
    findings.table(
        List.of(
            List.of(
                "",
                "HUP to first new answer",
                "until all have moved",
                "supervisor's CPU for the swap"),
            List.of(
                "0 connections",
                Stats.spread(none.takeOverMillis) + " ms",
                "",
                Stats.spread(none.supervisorCpuMillis) + " ms"),
            List.of(
                CONNECTIONS + " connections",
                Stats.spread(many.takeOverMillis) + " ms",
                Stats.spread(many.movedMillis) + " ms",
                Stats.spread(many.supervisorCpuMillis) + " ms")));
    List<Double> ratios = Stats.ratios(many.takeOverMillis, none.takeOverMillis);
    findings.figure(
        Figure.of(
            "take-over with " + CONNECTIONS + " idle connections against with none",
            Stats.spread(ratios),
            Stats.median(ratios),
            Figure.Target.most(1.1, "1.1 (it does not grow)"),
            many.lost + " connections lost, " + many.elsewhere + " answered by the old version"));
    double each = Stats.median(many.movedMillis) / CONNECTIONS;
    findings.figure(
        Figure.of(
            CONNECTIONS + " idle connections: time until all have moved, for each",
            Stats.number(each) + " ms",
            each,
            Figure.Target.most(1, "1 ms"),
            "all of them: " + Stats.spread(many.movedMillis) + " ms"));
    findings.figure(
        Figure.told(
            "supervisor's CPU with " + CONNECTIONS + " connections",
            Stats.number(restPercent)
                + " % of a core at rest, "
                + Stats.number(Stats.median(many.supervisorCpuMillis))
                + " ms for a swap",
            restPercent,
            Stats.number(Stats.median(none.supervisorCpuMillis)) + " ms for a swap with none"));
    findings.keep("take-over ms, none", none.takeOverMillis);
    findings.keep("take-over ms, many", many.takeOverMillis);
    findings.keep("moved ms", many.movedMillis);
    findings.keep("supervisor CPU ms, none", none.supervisorCpuMillis);
    findings.keep("supervisor CPU ms, many", many.supervisorCpuMillis);
    findings.keep("lost", many.lost);
    findings.keep("answered by the old version", many.elsewhere);
  }
}
