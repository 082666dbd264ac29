package dev.graceful.supervisor;

import dev.graceful.core.Event;
import dev.graceful.posix.TcpSockets;
import dev.graceful.posix.TcpTable;
import dev.graceful.process.Connections;
import java.io.Closeable;
import java.io.IOException;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Looks from outside until something has come to rest: the connections of a draining worker, the
 * accept queue of a quiet listener. Nothing runs while there is nothing to watch.
 */
final class Watches implements Closeable {
  private static final Logger LOG = LoggerFactory.getLogger(Watches.class);
  private static final long FIRST_MILLIS = 10;
  private static final long MAX_MILLIS = 250;

  /** A look is followed by so many times its own length of rest, up to a bound: 2 % of a core. */
  private static final int COST_FACTOR = 50;

  private static final long MOST_MILLIS = 2_000;

  /** For how long a queue must have been empty: a handshake may be just under way. */
  private static final long QUEUE_REST_MILLIS = 150;

  private static final long QUEUE_LOOK_MILLIS = 20;

  /** For how long a handshake may keep a queue from being called served. */
  private static final long HANDSHAKE_MILLIS = 3_000;

  /** The length of an accept queue. */
  interface Queue {
    int length() throws IOException;
  }

  private final Loop loop;
  private final Set<Integer> draining = ConcurrentHashMap.newKeySet();
  private final Set<Integer> quiet = ConcurrentHashMap.newKeySet();
  private final ScheduledThreadPoolExecutor executor;

  Watches(Loop loop) {
    this.loop = loop;
    executor =
        new ScheduledThreadPoolExecutor(
            1,
            work -> {
              Thread thread = new Thread(null, work, "watch", 256 * 1024);
              thread.setDaemon(true);
              return thread;
            });
    executor.setKeepAliveTime(10, TimeUnit.SECONDS);
    executor.allowCoreThreadTimeOut(true);
  }

  /** Posts {@link Event.Idle} as soon as the process has no connection on these ports. */
  void connections(int generation, long pid, Set<Integer> ports) {
    if (draining.add(generation)) {
      Set<Integer> snapshot = Set.copyOf(ports);
      executor.execute(() -> lookAtConnections(generation, pid, snapshot, FIRST_MILLIS));
    }
  }

  private void lookAtConnections(int generation, long pid, Set<Integer> ports, long pause) {
    if (!draining.contains(generation)) {
      return;
    }
    long began = System.nanoTime();
    try {
      if (!Connections.any(pid, ports)) {
        draining.remove(generation);
        loop.post(new Event.Idle(generation));
        return;
      }
    } catch (IOException e) {
      LOG.debug("connections of g{}: {}", generation, e.getMessage());
    }
    long next = Math.min(MAX_MILLIS, pause * 3 / 2);
    // with thousands of connections a look takes long: it must not take much of a processor
    long cost = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - began) * COST_FACTOR;
    long wait = Math.max(pause, Math.min(cost, MOST_MILLIS));
    later(() -> lookAtConnections(generation, pid, ports, next), wait);
  }

  private void later(Runnable look, long millis) {
    ScheduledFuture<?> unused = executor.schedule(look, millis, TimeUnit.MILLISECONDS);
  }

  /** The process has ended. */
  void forget(int generation) {
    draining.remove(generation);
  }

  /** Posts {@link Event.QueueServed} when the queue has been empty for a while. */
  void queue(int listener, int port, Queue queue) {
    quiet.add(listener);
    long began = System.nanoTime();
    executor.execute(() -> lookAtQueue(listener, port, queue, began, began));
  }

  /** The listener takes new connections again, or is gone. */
  void forgetQueue(int listener) {
    quiet.remove(listener);
  }

  private void lookAtQueue(int listener, int port, Queue queue, long began, long lastBusy) {
    if (!quiet.contains(listener)) {
      return;
    }
    long now = System.nanoTime();
    long busy = lastBusy;
    try {
      if (queue.length() > 0 || (now - began < HANDSHAKE_MILLIS * 1_000_000 && handshakes(port))) {
        busy = now;
      }
    } catch (IOException e) {
      LOG.debug("queue of listener {}: {}", listener, e.getMessage());
    }
    if (now - busy >= QUEUE_REST_MILLIS * 1_000_000) {
      quiet.remove(listener);
      loop.post(new Event.QueueServed(listener));
      return;
    }
    long last = busy;
    later(() -> lookAtQueue(listener, port, queue, began, last), QUEUE_LOOK_MILLIS);
  }

  private static boolean handshakes(int port) throws IOException {
    boolean[] found = {false};
    TcpSockets.visit(
        ProcessHandle.current().pid(),
        Set.of(port),
        1 << TcpTable.SYN_RECV,
        (local, state, inode) -> found[0] = true);
    return found[0];
  }

  @Override
  public void close() {
    executor.shutdownNow();
  }
}
