package dev.graceful.agent.runtime;

import dev.graceful.agent.runtime.move.Seating;
import dev.graceful.wire.Errno;
import dev.graceful.wire.ErrnoException;
import dev.graceful.wire.LibC;
import dev.graceful.wire.Role;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
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
  /** How often a change is looked after; a second round is rare. */
  private static final int ROUNDS = 20;

  /** As many as one message takes. */
  private static final int MOST_FORMER_PORTS = 250;

  private final ReentrantLock changing = new ReentrantLock();
  private final Alarm alarm = new Alarm();
  private final Map<Integer, Role> roles = new ConcurrentHashMap<>();

  /** What the application asked for, by listener. */
  private final Map<Integer, Integer> backlogs = new ConcurrentHashMap<>();

  /** Ports of seats that are gone: connections may be left. Guarded by {@code changing}. */
  private final Set<Integer> formerPorts = new LinkedHashSet<>();

  private volatile Seat[] all = {};

  /** Takes what this process has seats for. */
  interface Witness {
    /** Called for each listener; what is under the seat does not change meanwhile. */
    void seat(Seat seat, Role role, int backlog);

    /** All have been told; ports of former seats, the latest ones. */
    void end(List<Integer> formerPorts);
  }

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
      Change change = new Change(seat, under);
      Seat[] before = all;
      Seat[] more = Arrays.copyOf(before, before.length + 1);
      more[before.length] = seat;
      try {
        roles.put(seat.listener(), role);
        // first: whoever registers it from here on waits until we have seen to those before
        all = more;
        // a channel may be in a selector before it is bound
        make(List.of(change));
      } finally {
        change.close();
      }
      if (change.failure != null) {
        all = before;
        throw change.failure;
      }
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
    Set<Integer> failed = new LinkedHashSet<>();
    List<Change> changes = new ArrayList<>();
    Map<Integer, Role> earlier = new HashMap<>();
    changing.lock();
    try {
      for (int i = 0; i < listeners.size(); i++) {
        int listener = listeners.get(i);
        Role before = roles.put(listener, role);
        if (before != null) {
          earlier.put(listener, before);
        }
        if (i >= under.length || !claimed(listener)) {
          failed.add(listener);
          continue;
        }
        for (Seat seat : all) {
          if (seat.listener() == listener) {
            try {
              changes.add(new Change(seat, under[i]));
            } catch (ErrnoException e) {
              failed.add(listener);
            }
          }
        }
      }
      make(changes);
      for (Change change : changes) {
        if (change.failure != null) {
          failed.add(change.listener);
        }
      }
      for (int listener : failed) {
        Role before = earlier.get(listener);
        if (before != null) {
          roles.put(listener, before);
        }
      }
    } finally {
      for (Change change : changes) {
        change.close();
      }
      changing.unlock();
      alarm.ring();
    }
    return new ArrayList<>(failed);
  }

  /**
   * Makes the changes, and looks afterwards whether a selector's thread has registered what was
   * there before in the meantime: that registration would be deaf for ever.
   *
   * <p>A change that cannot be made keeps its {@link Change#failure}.
   */
  private static void make(List<Change> changes) {
    List<Change> left = changes;
    for (int round = 0; round < ROUNDS && !left.isEmpty(); round++) {
      Set<Integer> numbers = new HashSet<>();
      for (Change change : left) {
        numbers.add(change.number);
      }
      EpollRegistrations registrations = EpollRegistrations.of(numbers);
      List<Change> next = new ArrayList<>();
      for (Change change : left) {
        if (round == 0 || registrations.stale(change.number, change.inode)) {
          try {
            change.make(registrations);
            next.add(change);
          } catch (ErrnoException e) {
            change.failure = e;
          }
        }
      }
      left = next;
    }
  }

  /** What will be under a number instead of what is there now; keeps the latter until closed. */
  private static final class Change {
    final int number;
    final int listener;
    final long inode;
    @Nullable ErrnoException failure;
    private final int under;
    private final int before;
    private boolean made;

    Change(Seat seat, int under) throws ErrnoException {
      this.number = seat.number();
      this.listener = seat.listener();
      this.under = under;
      this.inode = EpollRegistrations.inode(under);
      LibC.nonBlocking(under);
      this.before = LibC.fcntl(number, LibC.F_DUPFD_CLOEXEC, 0);
    }

    void make(EpollRegistrations registrations) throws ErrnoException {
      if (made) {
        // registrations of what was there before can only be taken out while it is there
        boolean cloexec = (LibC.fcntl(number, LibC.F_GETFD, 0) & LibC.FD_CLOEXEC) != 0;
        LibC.dup3(before, number, cloexec);
      }
      registrations.replace(under, number, made ? inode : -1);
      made = true;
    }

    void close() {
      LibC.close(before);
    }
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
      int port = seat.address().getPort();
      formerPorts.remove(port);
      formerPorts.add(port);
      if (formerPorts.size() > MOST_FORMER_PORTS) {
        formerPorts.remove(formerPorts.iterator().next());
      }
      EpollRegistrations.of(Set.of(seat.number())).delete(seat.number());
      return seat;
    } finally {
      changing.unlock();
      alarm.ring();
    }
  }

  /** The application called listen(2) on a seat of that listener. */
  void backlog(int listener, int backlog) {
    backlogs.put(listener, backlog);
  }

  /** Tells what there is at one moment: no seat changes while the witness is being told. */
  void tell(Witness witness) {
    changing.lock();
    try {
      Set<Integer> told = new HashSet<>();
      for (Seat seat : all) {
        int listener = seat.listener();
        Role role = roles.get(listener);
        if (role != null && told.add(listener)) {
          Integer backlog = backlogs.get(listener);
          witness.seat(seat, role, backlog == null ? 0 : backlog);
        }
      }
      witness.end(new ArrayList<>(formerPorts));
    } finally {
      changing.unlock();
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

  @Override
  public boolean seated(int listener) {
    return claimed(listener);
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
