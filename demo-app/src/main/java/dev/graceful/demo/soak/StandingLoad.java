package dev.graceful.demo.soak;

import java.io.IOException;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;

/**
 * A load on a server of this machine, for {@code scripts/demo}: new connections, some hundred
 * requests a second, for a minute or two.
 *
 * <p>Goes on until its standard input ends. Exits 1 where a request failed.
 */
public final class StandingLoad {
  private static final int CLIENTS = 8;
  private static final long LONGEST_SECONDS = 120;
  private static final PrintStream OUT = System.out;

  private StandingLoad() {}

  /** Takes the port of a server on the loopback interface. */
  public static void main(String[] args) throws Exception {
    InetSocketAddress server =
        new InetSocketAddress(InetAddress.getLoopbackAddress(), Integer.parseInt(args[0]));
    Thread input = new Thread(StandingLoad::awaitEnd, "end");
    input.setDaemon(true);
    input.start();
    try (Load load = Load.start(LoadPlan.of(server, CLIENTS).only("/"))) {
      input.join(TimeUnit.SECONDS.toMillis(LONGEST_SECONDS));
      System.exit(report(load.stop()) ? 0 : 1);
    }
  }

  private static void awaitEnd() {
    try {
      while (System.in.read() >= 0) {
        // only its end matters
      }
    } catch (IOException e) {
      // as good as an end
    }
  }

  private static boolean report(Tally tally) {
    new TreeMap<>(tally.versions())
        .forEach((text, count) -> OUT.println("  " + count + " x \"" + text + "\""));
    new TreeMap<>(tally.failures())
        .forEach((why, count) -> OUT.println("  " + count + " failed: " + why));
    OUT.println("requests: " + (tally.answered() + tally.failed()) + ", failed: " + tally.failed());
    return tally.failed() == 0 && tally.answered() > 0;
  }
}
