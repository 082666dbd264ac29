package dev.graceful.agent.runtime;

import dev.graceful.wire.ErrnoException;
import dev.graceful.wire.LibC;
import org.jspecify.annotations.Nullable;

/**
 * Brings threads back that wait in poll(2). Each ring has its own eventfd(2), which stays readable
 * once rung: a thread that enters before a ring is woken by it even if it has not begun to wait,
 * and one that enters after it waits for the next.
 */
final class Alarm {
  /** What a thread polls beside its own descriptor. */
  static final class Bell {
    private final int descriptor;
    private int waiting;
    private boolean rung;

    private Bell(int descriptor) {
      this.descriptor = descriptor;
    }

    int descriptor() {
      return descriptor;
    }
  }

  private @Nullable Bell next;

  /** Before the wait; {@link #leave} must follow. */
  synchronized Bell enter() throws ErrnoException {
    Bell bell = next;
    if (bell == null) {
      bell = new Bell(LibC.eventfd());
      next = bell;
    }
    bell.waiting++;
    return bell;
  }

  synchronized void leave(Bell bell) {
    bell.waiting--;
    if (bell.rung && bell.waiting == 0) {
      LibC.close(bell.descriptor);
    }
  }

  /** Wakes all who have entered. */
  synchronized void ring() {
    Bell bell = next;
    if (bell == null || bell.waiting == 0) {
      return;
    }
    next = null;
    bell.rung = true;
    try {
      LibC.write(bell.descriptor, new byte[] {1, 0, 0, 0, 0, 0, 0, 0});
    } catch (ErrnoException e) {
      // an eventfd takes a 1 as long as it is open, and the last to leave closes it
    }
  }
}
