package dev.graceful.posix;

import java.io.EOFException;
import java.io.IOException;

/**
 * Who is inside a call on a descriptor: it is released when that was asked for and the last thread
 * has left, so that no thread ever meets a descriptor number that is somebody else's by now.
 */
final class Occupancy {
  private final Runnable release;
  private int inside;
  private boolean closed;

  Occupancy(Runnable release) {
    this.release = release;
  }

  synchronized void enter() throws IOException {
    if (closed) {
      throw new EOFException("closed");
    }
    inside++;
  }

  synchronized void leave() {
    inside--;
    if (closed && inside == 0) {
      release.run();
    }
  }

  synchronized boolean closed() {
    return closed;
  }

  /**
   * Lets nobody in any more.
   *
   * @param wake brings those who are inside back; run once, while the descriptor is still open
   */
  synchronized void close(Runnable wake) {
    if (closed) {
      return;
    }
    closed = true;
    wake.run();
    if (inside == 0) {
      release.run();
    }
  }
}
