package dev.graceful.agent.runtime.move;

import dev.graceful.wire.ErrnoException;
import dev.graceful.wire.LibC;
import dev.graceful.wire.SocketAddresses;
import java.net.InetSocketAddress;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The new worker's side: connections wait here for an accept of the server on a seat of their
 * listener. A thread of our own sees to it that the server calls accept.
 */
public final class Arrivals implements Runnable {
  private static final long SHORTEST_PAUSE = 2;
  private static final long LONGEST_PAUSE = 50;

  /** How many times as long as a look through /proc nothing of that kind happens. */
  private static final int SPARING = 10;

  private static final long QUIET = TimeUnit.SECONDS.toNanos(1);

  /**
   * A connection as accept(2) gives it.
   *
   * @param descriptor the number; whoever got the arrival owns it
   */
  public record Arrival(int descriptor, InetSocketAddress peer) {}

  private record Waiting(int descriptor, @Nullable Predecessor from, int id) {}

  private final Seating seating;
  private final ThreadFactory threads;
  private final Doorbells doorbells = new Doorbells();

  /** Guarded by the monitor, as are the doorbells. */
  private final Map<Integer, ArrayDeque<Waiting>> queues = new HashMap<>();

  /** How many have been accepted. */
  private long taken;

  private boolean started;
  private volatile int count;
  private volatile boolean off;

  Arrivals(Seating seating, ThreadFactory threads) {
    this.seating = seating;
    this.threads = threads;
  }

  /**
   * Takes connections from a predecessor, until it closes.
   *
   * @param pair an end of a SOCK_SEQPACKET pair; ours from here on
   */
  public void take(int pair) {
    if (off) {
      // who sends serves it itself
      LibC.close(pair);
      return;
    }
    threads.newThread(new Predecessor(pair, this)).start();
  }

  /** Takes nothing from now on. */
  void off() {
    off = true;
  }

  boolean isOff() {
    return off;
  }

  /** A connection that was on its way from here and has not been taken. */
  void comeBack(int listener, int descriptor) {
    add(listener, new Waiting(descriptor, null, 0));
  }

  void arrived(int listener, int descriptor, Predecessor from, int id) {
    add(listener, new Waiting(descriptor, from, id));
  }

  private synchronized void add(int listener, Waiting waiting) {
    ArrayDeque<Waiting> queue = queues.get(listener);
    if (queue == null) {
      queue = new ArrayDeque<>();
      queues.put(listener, queue);
    }
    queue.add(waiting);
    count++;
    if (!started) {
      started = true;
      threads.newThread(this).start();
    }
    notifyAll();
  }

  /** Whether any connection waits. */
  public boolean any() {
    return count > 0;
  }

  /**
   * The next connection for a seat of {@code listener}, in the state that accept(2) leaves one in.
   * The predecessor is told.
   *
   * @return null if none waits
   */
  public @Nullable Arrival next(int listener) {
    while (true) {
      Waiting waiting;
      synchronized (this) {
        ArrayDeque<Waiting> queue = queues.get(listener);
        if (queue == null) {
          return null;
        }
        waiting = queue.poll();
        if (waiting == null) {
          return null;
        }
        count--;
        taken++;
        if (queue.isEmpty()) {
          queues.remove(listener);
          doorbells.silence(listener);
        }
      }
      Arrival arrival = null;
      try {
        int descriptor = waiting.descriptor;
        InetSocketAddress peer = SocketAddresses.decode(LibC.getpeername(descriptor));
        int flags = LibC.fcntl(descriptor, LibC.F_GETFL, 0);
        LibC.fcntl(descriptor, LibC.F_SETFL, flags & ~LibC.O_NONBLOCK);
        LibC.fcntl(descriptor, LibC.F_SETFD, 0);
        arrival = new Arrival(descriptor, peer);
      } catch (ErrnoException e) {
        // the client has gone
        LibC.close(waiting.descriptor);
      }
      if (waiting.from != null) {
        waiting.from.answer(waiting.id, Handoff.TAKEN);
      }
      if (arrival != null) {
        return arrival;
      }
    }
  }

  /** Whether a server listens for such connections here. */
  boolean wants(int listener) {
    return seating.seated(listener);
  }

  /** Takes out those that are back from a successor and that no server here will accept. */
  synchronized List<Handoff.Sent> stranded() {
    List<Handoff.Sent> stranded = new ArrayList<>();
    for (Iterator<Map.Entry<Integer, ArrayDeque<Waiting>>> each = queues.entrySet().iterator();
        each.hasNext(); ) {
      Map.Entry<Integer, ArrayDeque<Waiting>> queue = each.next();
      if (!seating.seated(queue.getKey())) {
        for (Iterator<Waiting> all = queue.getValue().iterator(); all.hasNext(); ) {
          Waiting waiting = all.next();
          if (waiting.from == null) {
            all.remove();
            count--;
            stranded.add(new Handoff.Sent(queue.getKey(), waiting.descriptor));
          }
        }
        if (queue.getValue().isEmpty()) {
          each.remove();
        }
      }
    }
    return stranded;
  }

  /** Gives those back to the predecessor whose server here has stopped to listen. */
  private void refuse(Set<Integer> listeners) {
    for (int listener : listeners) {
      if (!seating.seated(listener)) {
        for (Waiting waiting : remove(listener)) {
          LibC.close(waiting.descriptor);
          if (waiting.from != null) {
            waiting.from.answer(waiting.id, Handoff.NEVER);
          }
        }
      }
    }
  }

  private synchronized List<Waiting> remove(int listener) {
    List<Waiting> removed = new ArrayList<>();
    ArrayDeque<Waiting> queue = queues.get(listener);
    if (queue != null) {
      for (Iterator<Waiting> all = queue.iterator(); all.hasNext(); ) {
        Waiting waiting = all.next();
        if (waiting.from != null) {
          all.remove();
          count--;
          removed.add(waiting);
        }
      }
      if (queue.isEmpty()) {
        queues.remove(listener);
      }
    }
    return removed;
  }

  @Override
  public void run() {
    long pause = SHORTEST_PAUSE;
    long last = System.nanoTime();
    long takenBefore = -1;
    long readEarliest = last;
    Set<Integer> read = Set.of();
    while (true) {
      Set<Integer> listeners;
      boolean idle;
      synchronized (this) {
        listeners = new HashSet<>(queues.keySet());
        idle = taken == takenBefore;
        takenBefore = taken;
      }
      try {
        if (!listeners.isEmpty()) {
          last = System.nanoTime();
          refuse(listeners);
          seating.ring();
          // while the bells bring them in, there is no need to look who else could be told
          boolean look = !read.equals(listeners) || (idle && last - readEarliest >= 0);
          List<Seating.Watch> watches = look ? seating.watches(listeners) : List.of();
          synchronized (this) {
            if (look) {
              doorbells.hang(watches);
            }
            doorbells.ring(queues.keySet());
          }
          if (look) {
            read = listeners;
            long now = System.nanoTime();
            readEarliest = now + SPARING * (now - last);
          }
        } else if (System.nanoTime() - last > QUIET) {
          read = Set.of();
          synchronized (this) {
            doorbells.takeDown();
          }
        }
      } catch (Throwable e) {
        // a limit, mostly: later
      }
      pause = pause(idle, pause);
    }
  }

  @SuppressWarnings("WaitNotInLoop") // the caller looks at everything again in any case
  private synchronized long pause(boolean idle, long pause) {
    try {
      if (count == 0) {
        wait(doorbells.none() ? 0 : TimeUnit.NANOSECONDS.toMillis(QUIET));
        return SHORTEST_PAUSE;
      }
      wait(pause);
    } catch (InterruptedException e) {
      // nobody but the application's misuse of our thread: go on
    }
    return idle ? Math.min(LONGEST_PAUSE, pause * 2) : SHORTEST_PAUSE;
  }
}
