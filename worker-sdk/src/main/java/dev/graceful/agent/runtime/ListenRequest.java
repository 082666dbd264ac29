package dev.graceful.agent.runtime;

import java.net.InetSocketAddress;
import java.util.concurrent.CountDownLatch;

/** A bind of the application that waits for the supervisor's answer. */
final class ListenRequest {
  /** {@link #await}'s answer where there is no supervision: the application binds by itself. */
  static final int UNSUPERVISED = -1;

  final int id;
  final Object descriptor;
  final int number;
  final InetSocketAddress address;
  private final CountDownLatch answered = new CountDownLatch(1);
  private volatile int errno;

  ListenRequest(int id, Object descriptor, int number, InetSocketAddress address) {
    this.id = id;
    this.descriptor = descriptor;
    this.number = number;
    this.address = address;
  }

  void answer(int errno) {
    this.errno = errno;
    answered.countDown();
  }

  /**
   * Waits, however long the supervisor is away: a bind cannot be interrupted either.
   *
   * @return 0 when the seat is taken, an errno, or {@link #UNSUPERVISED}
   */
  int await() {
    boolean interrupted = false;
    while (true) {
      try {
        answered.await();
        break;
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
    return errno;
  }
}
