package dev.graceful.agent.runtime.move;

import dev.graceful.agent.runtime.weave.JavaMemory;
import java.util.concurrent.ThreadFactory;

/**
 * The parts of the moving of connections, put together.
 *
 * @param departures out of this worker
 * @param arrivals into this worker
 * @param traffic what the hooks of a kind of sockets tell
 * @param hooks those of the JDK's sockets
 */
public record Moving(Departures departures, Arrivals arrivals, Traffic traffic, MoveHooks hooks) {

  /**
   * Makes the parts; no thread is started before a connection moves.
   *
   * @param threads for threads of ours
   */
  public static Moving create(JavaMemory memory, Seating seating, ThreadFactory threads) {
    ConnectionTable table = new ConnectionTable();
    Arrivals arrivals = new Arrivals(seating, threads);
    Departures departures = new Departures(table, arrivals, threads);
    Traffic traffic = new Traffic(memory, table, departures);
    return new Moving(
        departures, arrivals, traffic, new MoveHooks(seating, arrivals, traffic, memory));
  }

  /** Whether connections come and go. */
  public boolean on() {
    return !arrivals.isOff();
  }

  /** This JDK lacks what the hooks need, or nobody wants it: connections neither come nor go. */
  public void off() {
    arrivals.off();
  }
}
