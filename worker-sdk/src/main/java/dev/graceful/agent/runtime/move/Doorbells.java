package dev.graceful.agent.runtime.move;

import dev.graceful.wire.Errno;
import dev.graceful.wire.ErrnoException;
import dev.graceful.wire.LibC;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Makes selectors believe that a seat has something to accept: an eventfd(2) in each epoll instance
 * that watches the seat, with the seat's own mask and data. It is readable while a connection waits
 * for the seat. {@link Arrivals} holds its monitor at each call.
 */
final class Doorbells {
  private record Bell(Seating.Watch watch, int eventfd) {}

  private List<Bell> bells = List.of();

  boolean none() {
    return bells.isEmpty();
  }

  /** One bell for each of {@code watches}, as it is now, and none else. */
  void hang(List<Seating.Watch> watches) throws ErrnoException {
    List<Bell> old = bells;
    List<Bell> now = new ArrayList<>();
    for (Seating.Watch watch : watches) {
      Bell bell = find(old, watch);
      int eventfd = bell == null ? LibC.eventfd() : bell.eventfd;
      int add = LibC.EPOLL_CTL_ADD;
      int operation = bell == null ? add : LibC.EPOLL_CTL_MOD;
      int errno = LibC.epollCtl(watch.epoll(), operation, eventfd, watch.events(), watch.data());
      if (errno == Errno.ENOENT) {
        errno = LibC.epollCtl(watch.epoll(), add, eventfd, watch.events(), watch.data());
      }
      if (errno != 0 && bell == null) {
        LibC.close(eventfd);
      } else {
        now.add(new Bell(watch, eventfd));
      }
    }
    bells = now;
    for (Bell bell : old) {
      if (find(now, bell.watch) == null) {
        // the only descriptor of it: epoll(7) forgets it with the close
        LibC.close(bell.eventfd);
      }
    }
  }

  private static @Nullable Bell find(List<Bell> bells, Seating.Watch watch) {
    for (Bell bell : bells) {
      if (bell.watch.epoll() == watch.epoll() && bell.watch.seat() == watch.seat()) {
        return bell;
      }
    }
    return null;
  }

  /** Rings those of {@code listeners}, also where EPOLLONESHOT or EPOLLET has disarmed them. */
  void ring(Set<Integer> listeners) throws ErrnoException {
    for (Bell bell : bells) {
      Seating.Watch watch = bell.watch;
      if (listeners.contains(watch.listener())) {
        LibC.epollCtl(
            watch.epoll(), LibC.EPOLL_CTL_MOD, bell.eventfd, watch.events(), watch.data());
        LibC.write(bell.eventfd, new byte[] {1, 0, 0, 0, 0, 0, 0, 0});
      }
    }
  }

  /** Nothing waits for seats of the listener. */
  void silence(int listener) {
    for (Bell bell : bells) {
      if (bell.watch.listener() == listener) {
        LibC.reset(bell.eventfd);
      }
    }
  }

  void takeDown() throws ErrnoException {
    hang(List.of());
  }
}
