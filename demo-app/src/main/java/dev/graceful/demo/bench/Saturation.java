package dev.graceful.demo.bench;

import dev.graceful.demo.soak.Load;
import dev.graceful.demo.soak.LoadPlan;
import dev.graceful.demo.soak.Tally;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/**
 * A saturated load for a while.
 *
 * @param requestsPerSecond that were answered
 * @param cpuMicros of the server for each of them
 */
record Saturation(double requestsPerSecond, double cpuMicros) {
  private static final int CLIENTS = 8;
  private static final long RUN_UP_MILLIS = 200;

  /** The load of which a saturation is made, on kept connections. */
  static LoadPlan plan(int port) {
    return LoadPlan.of(Http.address(port), CLIENTS).only("/").keepingAlive().pacedBy(Duration.ZERO);
  }

  /**
   * Saturates a server.
   *
   * @param pid the server's
   * @throws IllegalStateException if a request failed
   */
  static Saturation of(int port, long pid, double seconds)
      throws IOException, InterruptedException {
    try (Load load = Load.start(plan(port))) {
      TimeUnit.MILLISECONDS.sleep(RUN_UP_MILLIS);
      Cpu cpu = Cpu.of(pid);
      long begun = System.nanoTime();
      long before = load.now().answered();
      TimeUnit.NANOSECONDS.sleep((long) (seconds * 1e9));
      long answered = load.now().answered() - before;
      double took = (System.nanoTime() - begun) / 1e9;
      double cpuMicros = Cpu.of(pid).since(cpu) / 1e3 / answered;
      Tally tally = load.stop();
      if (tally.failed() > 0) {
        throw new IllegalStateException("requests failed: " + tally.failures());
      }
      return new Saturation(answered / took, cpuMicros);
    }
  }
}
