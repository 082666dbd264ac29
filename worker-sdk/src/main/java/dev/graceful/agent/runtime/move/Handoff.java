package dev.graceful.agent.runtime.move;

import dev.graceful.wire.ErrnoException;
import dev.graceful.wire.LibC;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;

/**
 * Passing of connections to one successor over a socket pair. A copy of each descriptor stays here
 * until the successor has said that its server has accepted it. A connection is {@code [id]
 * [listener]}, two little-endian ints, with the descriptor (unix(7), SCM_RIGHTS); the answer is
 * {@code [id]} and a byte, {@link #TAKEN}, {@link #NOT_NOW} or {@link #NEVER}. As a thread it takes
 * the answers.
 */
final class Handoff implements Runnable {
  static final byte TAKEN = 1;
  static final byte NOT_NOW = 0;

  /** The successor does not listen where this connection came from. */
  static final byte NEVER = 2;

  static final int QUESTION = 8;
  static final int ANSWER = 5;

  /** How long nothing is sent when the successor had no room. */
  private static final long REST = TimeUnit.MILLISECONDS.toNanos(500);

  /** So many may be under way: each costs a descriptor here, and one there. */
  private static final int MOST = 64;

  /** A connection under way; the descriptor is the copy that stays here. */
  record Sent(int listener, int descriptor) {}

  private final int pair;
  private final Set<Integer> listeners;
  private final Departures departures;

  // guarded by the monitor
  private final Map<Integer, Sent> underWay = new HashMap<>();
  private final ArrayDeque<Sent> again = new ArrayDeque<>();
  private int lastId;
  private boolean broken;

  private boolean resting;
  private long restsUntil;

  /** Somebody has found it full. */
  private boolean awaited;

  Handoff(int pair, Set<Integer> listeners, Departures departures) {
    this.pair = pair;
    this.listeners = ConcurrentHashMap.newKeySet();
    this.listeners.addAll(listeners);
    this.departures = departures;
  }

  /** Whether connections of this listener go to the successor. */
  boolean passes(int listener) {
    return listeners.contains(listener);
  }

  synchronized boolean full() {
    boolean full = broken || rests() || underWay.size() >= MOST || !again.isEmpty();
    awaited |= full;
    return full;
  }

  private boolean rests() {
    resting &= System.nanoTime() - restsUntil < 0;
    return resting;
  }

  /**
   * Sends a connection, without waiting.
   *
   * @param copy the handoff's if it could be sent, else the caller's
   */
  synchronized boolean send(int listener, int copy) {
    if (broken) {
      return false;
    }
    int id = ++lastId;
    byte[] question = new byte[QUESTION];
    for (int i = 0; i < 4; i++) {
      question[i] = (byte) (id >>> (8 * i));
      question[4 + i] = (byte) (listener >>> (8 * i));
    }
    underWay.put(id, new Sent(listener, copy));
    try {
      LibC.sendmsg(pair, question, 0, QUESTION, new int[] {copy}, LibC.MSG_DONTWAIT);
      return true;
    } catch (ErrnoException e) {
      underWay.remove(id);
      return false;
    }
  }

  /** Takes over what nobody has taken; false if this successor has gone or does not want it. */
  synchronized boolean adopt(Sent sent) {
    return !broken && passes(sent.listener) && again.add(sent);
  }

  /** Sends what has been adopted; true if not all that was sent has been answered. */
  synchronized boolean sendAgain() {
    Sent sent = again.peek();
    while (sent != null
        && !rests()
        && underWay.size() < MOST
        && send(sent.listener, sent.descriptor)) {
      again.remove();
      sent = again.peek();
    }
    return sent != null || !underWay.isEmpty();
  }

  /** After the end: what the successor has not taken. */
  synchronized List<Sent> leftovers() {
    List<Sent> left = new ArrayList<>(underWay.values());
    left.addAll(again);
    underWay.clear();
    again.clear();
    return left;
  }

  @Override
  public void run() {
    try {
      byte[] answer = new byte[ANSWER];
      while (LibC.recvmsg(pair, answer, 0, ANSWER).count() == ANSWER) {
        answered(LibC.getInt(answer, 0), answer[4]);
      }
    } catch (ErrnoException e) {
      // gone, as at the end of the stream
    }
    synchronized (this) {
      broken = true;
      LibC.close(pair);
    }
    departures.broken(this);
  }

  private void answered(int id, byte what) {
    boolean room;
    Sent sent;
    synchronized (this) {
      sent = underWay.remove(id);
      if (sent == null) {
        return;
      }
      if (what == NEVER) {
        listeners.remove(sent.listener);
      } else if (what != TAKEN) {
        resting = true;
        restsUntil = System.nanoTime() + REST;
      }
      room = awaited && !resting && again.isEmpty() && underWay.size() <= MOST / 2;
      if (room) {
        awaited = false;
      }
    }
    if (what == TAKEN) {
      LibC.close(sent.descriptor);
    } else {
      departures.comesBack(sent);
    }
    if (room) {
      departures.wake();
    }
  }
}
