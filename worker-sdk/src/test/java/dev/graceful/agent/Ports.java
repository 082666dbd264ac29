package dev.graceful.agent;

import java.io.IOException;
import java.net.ServerSocket;
import java.util.concurrent.atomic.AtomicInteger;

/** Ports for tests. */
final class Ports {
  /** Below the range that the system hands out by itself, so that no client takes one meanwhile. */
  private static final int FIRST = 12_000;

  private static final int COUNT = 8_000;

  private static final AtomicInteger next =
      new AtomicInteger((int) (ProcessHandle.current().pid() * 37 % COUNT));

  private Ports() {}

  /** A port that nobody has on any address, and that no other caller gets. */
  static int free() throws IOException {
    for (int i = 0; i < COUNT; i++) {
      int port = FIRST + next.getAndIncrement() % COUNT;
      try (ServerSocket probe = new ServerSocket(port)) {
        return probe.getLocalPort();
      } catch (java.net.BindException e) {
        // taken: the next one
      }
    }
    throw new IOException("no free port from " + FIRST);
  }
}
