package dev.graceful.demo.bench;

import dev.graceful.demo.soak.Answer;
import dev.graceful.demo.soak.HttpConnection;
import java.io.IOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** Single questions to servers of this machine, and ports for them. */
final class Http {
  private static final int FIRST_PORT = 19_200; // below those that the system hands out by itself
  private static final int PORTS = 1_200;
  private static final long PATIENCE_S = 90;

  /** Who asks takes time from who starts: as seldom as the result can bear. */
  private static final int POLLS_PER_TIME = 20;

  private static final long LONGEST_POLL_MILLIS = 50;
  private static final AtomicInteger PORT = new AtomicInteger();

  private Http() {}

  /** The first of {@code n} free ports in a row. */
  static int freePorts(int n) throws IOException {
    for (int tries = 0; tries < PORTS; tries++) {
      int first = FIRST_PORT + PORT.getAndAdd(n) % (PORTS - n);
      if (free(first, n)) {
        return first;
      }
    }
    throw new IOException(
        n + " free ports from " + FIRST_PORT + " on were not found; end what listens there");
  }

  private static boolean free(int first, int n) throws IOException {
    for (int port = first; port < first + n; port++) {
      try (ServerSocket probe = new ServerSocket(port, 1)) {
        probe.setSoTimeout(1);
      } catch (BindException e) {
        return false;
      }
    }
    return true;
  }

  static InetSocketAddress address(int port) {
    return new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
  }

  /** One answer on a connection of its own. */
  static Answer get(int port) throws IOException {
    try (HttpConnection connection =
        HttpConnection.open(address(port), null, Duration.ofSeconds(10))) {
      connection.send("GET", "/", new byte[0], true);
      return connection.receive();
    }
  }

  /**
   * Asks again and again, each time on a new connection, until {@code version} answers: at
   * intervals of a twentieth of the time so far, at least 1 ms and at most {@value
   * #LONGEST_POLL_MILLIS} ms.
   *
   * @return when its answer was there, as {@link System#nanoTime}
   */
  static long await(int port, String version) throws InterruptedException {
    long begun = System.nanoTime();
    long deadline = begun + TimeUnit.SECONDS.toNanos(PATIENCE_S);
    String last = "nothing";
    while (System.nanoTime() < deadline) {
      try {
        last = get(port).version();
        if (last.equals(version)) {
          return System.nanoTime();
        }
      } catch (IOException e) {
        last = String.valueOf(e.getMessage());
      }
      long passed = (System.nanoTime() - begun) / 1_000_000;
      TimeUnit.MILLISECONDS.sleep(
          Math.max(1, Math.min(passed / POLLS_PER_TIME, LONGEST_POLL_MILLIS)));
    }
    throw new IllegalStateException(
        version + " did not answer within " + PATIENCE_S + " s; last: " + last);
  }
}
