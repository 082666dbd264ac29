package dev.graceful.agent.runtime;

import dev.graceful.agent.runtime.move.Seating;
import dev.graceful.wire.Errno;
import dev.graceful.wire.ErrnoException;
import dev.graceful.wire.LibC;
import dev.graceful.wire.Role;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * The seats of this process, and what is put under them. Any thread may look a seat up without a
 * lock; changes are made one after another. A seat in the table is open: who closes its descriptor
 * takes it out first.
 */
final class Seats implements Seating {
  private final ReentrantLock changing = new ReentrantLock();
  private final Alarm alarm = new Alarm();
  private final Map<Integer, Role> roles = new ConcurrentHashMap<>();
  private volatile Seat[] all = {};

  /** The seat of {@code descriptor}, or null if it is none. */
  @Nullable Seat of(Object descriptor) {
    for (Seat seat : all) {
      if (seat.descriptor() == descriptor) {
        return seat;
      }
    }
    return null;
  }

  /**
   * Makes a seat: puts {@code under} below the application's own descriptor.
   *
   * @param under stays the caller's
   * @throws ErrnoException EADDRINUSE if another seat has this listener, as bind(2) says without
   *     SO_REUSEPORT
   */
  void add(Seat seat, Role role, int under) throws ErrnoException {
    changing.lock();
    try {
      if (claimed(seat.listener())
          && LibC.getsockopt(seat.number(), LibC.SOL_SOCKET, LibC.SO_REUSEPORT) == 0) {
        throw new ErrnoException("bind", Errno.EADDRINUSE);
      }
      LibC.nonBlocking(under);
      // a channel may be in a selector before it is bound
      EpollRegistrations.of(Set.of(seat.number())).replace(under, seat.number());
      roles.put(seat.listener(), role);
      Seat[] more = new Seat[all.length + 1];
      System.arraycopy(all, 0, more, 0, all.length);
      more[all.length] = seat;
      all = more;
    } finally {
      changing.unlock();
    }
  }

  /**
   * Puts each of {@code under} below the seats of the listener at the same place.
   *
   * @param under stay the caller's
   * @return the listeners for which that failed
   */
  List<Integer> reseat(Role role, List<Integer> listeners, int[] under) {
    List<Integer> failed = new ArrayList<>();
    changing.lock();
    try {
      Set<Integer> numbers = new HashSet<>();
      for (Seat seat : all) {
        if (listeners.contains(seat.listener())) {
          numbers.add(seat.number());
        }
      }
      EpollRegistrations registrations = EpollRegistrations.of(numbers);
      for (int i = 0; i < listeners.size(); i++) {
        int listener = listeners.get(i);
        roles.put(listener, role);
        boolean done = false;
        if (i < under.length) {
          done = reseat(listener, under[i], registrations);
        }
        if (!done) {
          failed.add(listener);
        }
      }
    } finally {
      changing.unlock();
    }
    alarm.ring();
    return failed;
  }

  private boolean reseat(int listener, int under, EpollRegistrations registrations) {
    boolean done = false;
    try {
      LibC.nonBlocking(under);
      for (Seat seat : all) {
        if (seat.listener() == listener) {
          registrations.replace(under, seat.number());
          done = true;
        }
      }
    } catch (ErrnoException e) {
      return false;
    }
    return done;
  }

  /**
   * Takes a seat out, before the application closes or replaces its descriptor. What is under it
   * lives on in the supervisor, so epoll(7) would not forget it by itself.
   *
   * @return the seat, or null if {@code descriptor} is none (any more)
   */
  @Nullable Seat remove(Object descriptor) {
    if (of(descriptor) == null) {
      return null;
    }
    changing.lock();
    try {
      Seat seat = of(descriptor);
      if (seat == null) {
        return null;
      }
      Seat[] fewer = new Seat[all.length - 1];
      int i = 0;
      for (Seat other : all) {
        if (other.descriptor() != descriptor) {
          fewer[i++] = other;
        }
      }
      all = fewer;
      EpollRegistrations.of(Set.of(seat.number())).delete(seat.number());
      return seat;
    } finally {
      changing.unlock();
      alarm.ring();
    }
  }

  /**
   * Waits as poll(2), but comes back, with 0, when a seat has been changed.
   *
   * @param millis negative for no limit
   */
  int poll(Seat seat, int events, int millis) throws ErrnoException {
    Alarm.Bell bell = alarm.enter();
    try {
      return LibC.poll(seat.number(), events, bell.descriptor(), millis);
    } finally {
      alarm.leave(bell);
    }
  }

  /**
   * For who is about to change the registration of a number with epoll_ctl(2): a reseat takes out
   * what it has read from /proc and puts it back, and a change between the two would be lost.
   *
   * @return the lock, taken, which the same thread must release; null if the number is no seat
   */
  @Nullable Lock hold(int number) {
    for (Seat seat : all) {
      if (seat.number() == number) {
        changing.lock();
        return changing;
      }
    }
    return null;
  }

  /** Whether any seat has the listener. */
  boolean claimed(int listener) {
    for (Seat seat : all) {
      if (seat.listener() == listener) {
        return true;
      }
    }
    return false;
  }

  /**
   * Also of a lame seat: nobody can connect to that, so who is accepted there has connected before.
   */
  @Override
  public int publicListener(Object descriptor) {
    Seat seat = of(descriptor);
    return seat == null || roles.get(seat.listener()) == Role.PRIVATE ? NONE : seat.listener();
  }

  @Override
  public List<Watch> watches(Set<Integer> listeners) {
    Set<Integer> numbers = new HashSet<>();
    List<Watch> watches = new ArrayList<>();
    changing.lock();
    try {
      for (Seat seat : all) {
        if (listeners.contains(seat.listener())) {
          numbers.add(seat.number());
        }
      }
      EpollRegistrations registrations = EpollRegistrations.of(numbers);
      for (Seat seat : all) {
        if (listeners.contains(seat.listener())) {
          registrations.addTo(watches, seat.number(), seat.listener());
        }
      }
    } finally {
      changing.unlock();
    }
    return watches;
  }

  @Override
  public void ring() {
    alarm.ring();
  }
}
