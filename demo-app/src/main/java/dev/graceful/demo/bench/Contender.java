package dev.graceful.demo.bench;

import java.io.IOException;

/** A way to run a server and to replace it by its next version. Owns its processes. */
interface Contender extends AutoCloseable {
  /** How the report calls it. */
  String name();

  int port();

  /** Starts it; it serves when this returns. */
  void start() throws IOException, InterruptedException;

  /**
   * Begins to replace what serves by the other version, as its own documentation says, and returns
   * when that version serves and the old one is gone.
   *
   * @return when it was told, as {@link System#nanoTime}, and what the new answers say
   */
  Swap swap() throws IOException, InterruptedException;

  /** The last lines of what its processes printed, in one. */
  String lastLines();

  @Override
  void close() throws IOException;

  /** One swap; times as {@link System#nanoTime}. */
  record Swap(long begun, String version) {}
}
