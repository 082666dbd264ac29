package dev.graceful.agent.runtime.move;

import dev.graceful.agent.runtime.framing.ConnectionFraming;
import dev.graceful.wire.LibC;
import java.util.Arrays;
import java.util.concurrent.atomic.AtomicIntegerFieldUpdater;

/**
 * One accepted connection. Its lock guards what is not final; whoever holds it may be sure that the
 * number stays what it is, for a close must take it first.
 *
 * <p>The lock is not a monitor, because it is taken three times for each request, and a monitor
 * costs twice as much and pins virtual threads. It is held for long only while the connection
 * moves.
 */
final class Connection {
  private static final int[] NOBODY = {};
  private static final int FREE = -1;

  private static final AtomicIntegerFieldUpdater<Connection> LOCKED =
      AtomicIntegerFieldUpdater.newUpdater(Connection.class, "locked");

  /** What the server knows the descriptor by: tells this connection from a reused number. */
  final Object key;

  final int number;
  final int listener;
  final ConnectionFraming framing = new ConnectionFraming();

  @SuppressWarnings("UnusedVariable") // through LOCKED
  private volatile int locked;

  /** Threads that are inside a read or an epoll_ctl(2). */
  int busy;

  /** Closed, or moved: the number is none of our business any more. */
  boolean gone;

  /** Who watches: number of the epoll instance and mask, in turn. */
  private int[] watches = NOBODY;

  Connection(Object key, int number, int listener) {
    this.key = key;
    this.number = number;
    this.listener = listener;
  }

  /** Not reentrant; {@link #unlock} must follow. */
  @SuppressWarnings("ThreadPriorityCheck") // there is nothing to wait for but that it gets its turn
  void lock() {
    while (!LOCKED.compareAndSet(this, 0, 1)) {
      // not parked: that could take a wake-up that the application's thread is to get
      Thread.yield();
    }
  }

  void unlock() {
    LOCKED.lazySet(this, 0);
  }

  /** Whether it can be lifted out at this moment. */
  boolean still() {
    return !gone && busy == 0 && framing.boundary();
  }

  /** An epoll_ctl(2) on this connection has succeeded. */
  void watched(int epoll, int operation, int events) {
    int at = 0;
    while (at < watches.length && watches[at] != epoll) {
      at += 2;
    }
    if (operation == LibC.EPOLL_CTL_DEL) {
      if (at < watches.length) {
        watches[at] = FREE;
      }
      return;
    }
    if (at == watches.length) {
      at = 0;
      while (at < watches.length && watches[at] != FREE) {
        at += 2;
      }
      if (at == watches.length) {
        watches = Arrays.copyOf(watches, at + 2);
      }
      watches[at] = epoll;
    }
    watches[at + 1] = events;
  }

  /** Takes it out of all epoll instances: what is under the number lives on elsewhere. */
  void unwatch() {
    for (int i = 0; i < watches.length; i += 2) {
      if (watches[i] != FREE && LibC.epollCtl(watches[i], LibC.EPOLL_CTL_DEL, number, 0, 0) != 0) {
        // the instance has been closed
        watches[i] = FREE;
      }
    }
  }

  /** Puts what is under the number now where {@link #unwatch} took it out. */
  void rewatch() {
    for (int i = 0; i < watches.length; i += 2) {
      if (watches[i] != FREE) {
        // data as the JDK and Netty have it: the number
        LibC.epollCtl(watches[i], LibC.EPOLL_CTL_ADD, number, watches[i + 1], number);
      }
    }
  }
}
