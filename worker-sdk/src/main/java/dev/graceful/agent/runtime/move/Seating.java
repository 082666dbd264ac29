package dev.graceful.agent.runtime.move;

import java.util.List;
import java.util.Set;

/** What the moving of connections asks of the seats. Any thread. */
public interface Seating {
  /** No listener. */
  int NONE = -1;

  /**
   * A seat's registration with an epoll instance (epoll(7)).
   *
   * @param seat the descriptor number that is watched
   */
  record Watch(int listener, int epoll, int seat, int events, long data) {}

  /** The listener of a seat that users may connect to, or {@link #NONE}: no seat, or private. */
  int publicListener(Object descriptor);

  /** Whether a server of this process still listens on a listener. */
  boolean seated(int listener);

  /** Who watches the seats of these listeners now; costs a look through /proc. */
  List<Watch> watches(Set<Integer> listeners);

  /** Brings threads back that wait for a seat in poll(2); they call accept again. */
  void ring();
}
