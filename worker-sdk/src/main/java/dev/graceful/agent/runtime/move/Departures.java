package dev.graceful.agent.runtime.move;

import dev.graceful.wire.LibC;
import java.util.HashSet;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The old worker's side: lifts connections out between two requests and hands them to the
 * successor. Each hook may move its connection; a thread of our own moves those that nothing
 * happens on, and wakes the threads that wait in a read.
 */
public final class Departures implements Runnable {
  private static final long SHORTEST_PAUSE = 5;
  private static final long LONGEST_PAUSE = 100;
  private static final int ESTABLISHED = 1; // TCP_ESTABLISHED of tcp_states.h

  private final ConnectionTable table;
  private final Arrivals arrivals;
  private final ThreadFactory threads;
  private volatile @Nullable Handoff current;

  /** Numbers of connections that have moved: a thread may still wait in poll(2) for the old. */
  private final Queue<Integer> moved = new ConcurrentLinkedQueue<>();

  // guarded by the monitor, as is waiting for them
  private boolean started;
  private boolean news;

  Departures(ConnectionTable table, Arrivals arrivals, ThreadFactory threads) {
    this.table = table;
    this.arrivals = arrivals;
    this.threads = threads;
  }

  /**
   * Passes connections from now on. Connections that an earlier successor has been given and has
   * not taken go to this one.
   *
   * @param listeners those whose connections go
   * @param pair an end of a SOCK_SEQPACKET pair; ours from here on
   */
  public void pass(List<Integer> listeners, int pair) {
    Handoff handoff = new Handoff(pair, new HashSet<>(listeners), this);
    current = handoff;
    threads.newThread(handoff).start();
    synchronized (this) {
      if (!started) {
        started = true;
        threads.newThread(this).start();
      }
    }
    wake();
  }

  /** Whether connections are to go. */
  boolean open() {
    return current != null;
  }

  /** There may be something to do for the thread that looks for what can go. */
  void wake() {
    synchronized (this) {
      news = true;
      notifyAll();
    }
  }

  /** Another connection is followed. */
  void more() {
    if (open()) {
      wake();
    }
  }

  /** The successor of {@code handoff} has gone: what it has not taken comes back. */
  void broken(Handoff handoff) {
    if (current == handoff) {
      current = null;
    }
    for (Handoff.Sent sent : handoff.leftovers()) {
      Handoff now = current;
      if (now == null || !now.adopt(sent)) {
        comesBack(sent);
      }
    }
    wake();
  }

  /** The successor has not taken it: our own server accepts it again, and serves it. */
  void comesBack(Handoff.Sent sent) {
    arrivals.comeBack(sent.listener(), sent.descriptor());
  }

  /**
   * Hands a connection over. The caller holds its lock, and it is {@link Connection#still}.
   *
   * @return false if it stays for now, and nothing has changed
   */
  boolean move(Connection connection) {
    Handoff handoff = current;
    if (handoff == null || !handoff.passes(connection.listener) || handoff.full()) {
      return false;
    }
    int number = connection.number;
    int copy = -1;
    int dead = -1;
    boolean handed = false;
    try {
      if ((LibC.getsockopt(number, LibC.IPPROTO_TCP, LibC.TCP_INFO, 1)[0] & 0xff) != ESTABLISHED) {
        return false;
      }
      boolean cloexec = (LibC.fcntl(number, LibC.F_GETFD, 0) & LibC.FD_CLOEXEC) != 0;
      int flags = LibC.fcntl(number, LibC.F_GETFL, 0);
      int[] ends = LibC.socketpair(LibC.SOCK_STREAM);
      LibC.close(ends[1]);
      dead = ends[0];
      if ((flags & LibC.O_NONBLOCK) != 0) {
        LibC.nonBlocking(dead);
      }
      copy = LibC.fcntl(number, LibC.F_DUPFD_CLOEXEC, 0);
      connection.unwatch();
      handed = handoff.send(connection.listener, copy);
      if (handed) {
        copy = -1;
        LibC.dup3(dead, number, cloexec);
        connection.gone = true;
        table.remove(connection);
        moved.add(number);
      }
      connection.rewatch();
    } catch (Throwable e) {
      // a limit, mostly: later, perhaps
      if (handed) {
        connection.gone = true;
      }
    } finally {
      close(copy);
      close(dead);
    }
    return handed;
  }

  private static void close(int number) {
    if (number >= 0) {
      LibC.close(number);
    }
  }

  @Override
  public void run() {
    long pause = SHORTEST_PAUSE;
    Set<Integer> before = new HashSet<>();
    while (true) {
      boolean left = false;
      try {
        Handoff handoff = current;
        if (handoff != null) {
          // what came back, and the own server does not listen any more
          for (Handoff.Sent sent : arrivals.stranded()) {
            if (!handoff.adopt(sent)) {
              arrivals.comeBack(sent.listener(), sent.descriptor());
            }
          }
          left = handoff.sendAgain();
          Set<Integer> waitedFor = new HashSet<>();
          left |= sweep(handoff, waitedFor);
          for (Integer number = moved.poll(); number != null; number = moved.poll()) {
            waitedFor.add(number);
          }
          // twice, as a thread can be on its way into the call when we look
          before.addAll(waitedFor);
          BlockedThreads.wake(before);
          before = waitedFor;
          left |= !before.isEmpty();
        }
      } catch (Throwable e) {
        left = true;
      }
      pause = pause(left, pause);
    }
  }

  /** Moves what can be moved; true if something is left that may be later. */
  private boolean sweep(Handoff handoff, Set<Integer> waitedFor) {
    boolean left = false;
    for (Connection connection : table.list()) {
      if (handoff.passes(connection.listener)) {
        connection.lock();
        try {
          if (connection.still() && move(connection)) {
            continue;
          }
          if (!connection.gone && connection.framing.movable()) {
            left = true;
            if (connection.busy > 0 && connection.framing.boundary()) {
              waitedFor.add(connection.number);
            }
          }
        } finally {
          connection.unlock();
        }
      }
    }
    return left;
  }

  @SuppressWarnings("WaitNotInLoop") // the caller looks at everything again in any case
  private synchronized long pause(boolean left, long pause) {
    long end = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(pause);
    try {
      long millis = left ? pause : 0;
      while (!news) {
        wait(millis);
        millis = left ? TimeUnit.NANOSECONDS.toMillis(end - System.nanoTime()) : 0;
        if (left && millis <= 0) {
          break;
        }
      }
    } catch (InterruptedException e) {
      // nobody but the application's misuse of our thread: go on
    }
    boolean early = news;
    news = false;
    return early ? SHORTEST_PAUSE : Math.min(LONGEST_PAUSE, pause * 2);
  }
}
