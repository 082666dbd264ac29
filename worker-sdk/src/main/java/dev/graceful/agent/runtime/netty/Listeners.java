package dev.graceful.agent.runtime.netty;

import java.net.InetSocketAddress;
import java.util.concurrent.locks.Lock;
import org.jspecify.annotations.Nullable;

/**
 * What the hooks need of the runtime. A socket is Netty's own object: its identity tells a seat
 * from a reused number. Any thread.
 */
public interface Listeners {
  /** {@link #listen}'s answer where the application is to bind by itself. */
  int UNSUPERVISED = -1;

  /**
   * Makes a seat of the descriptor {@code number}; waits for the supervisor.
   *
   * @return 0, an errno, or {@link #UNSUPERVISED}
   */
  int listen(Object socket, int number, InetSocketAddress address);

  /**
   * Tells the supervisor how long the seat's queue shall be; false if {@code socket} is no seat.
   */
  boolean backlog(Object socket, int backlog);

  /** The public address of a seat, or null if {@code socket} is none. */
  @Nullable InetSocketAddress address(Object socket);

  /** A descriptor will be closed: a seat's, a connection's, or any other. */
  void closing(Object socket, int number);

  /**
   * A thread is about to call epoll_ctl(2) for {@code number}: what is under a seat must not be
   * changed at the same time.
   *
   * @return a lock that the caller holds now and releases after the call; null if there is no seat
   */
  @Nullable Lock hold(int number);

  /** Says something to the operator, in one line on standard error. */
  void complain(String what);
}
