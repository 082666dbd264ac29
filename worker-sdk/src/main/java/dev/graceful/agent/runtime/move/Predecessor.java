package dev.graceful.agent.runtime.move;

import dev.graceful.wire.ErrnoException;
import dev.graceful.wire.LibC;

/** The old worker, as the new one sees it: where connections come from, and answers go. */
final class Predecessor implements Runnable {
  private static final int SPARE = 32;

  private final int pair;
  private final Arrivals arrivals;

  /** Numbers from here on are left to the application: it opens files, too. */
  private final int enough = DescriptorLimit.get() - SPARE;

  private boolean closed;

  Predecessor(int pair, Arrivals arrivals) {
    this.pair = pair;
    this.arrivals = arrivals;
  }

  @Override
  public void run() {
    try {
      byte[] question = new byte[Handoff.QUESTION];
      while (true) {
        LibC.Received received = LibC.recvmsg(pair, question, 0, Handoff.QUESTION);
        int[] descriptors = received.descriptors();
        if (received.count() != Handoff.QUESTION) {
          for (int descriptor : descriptors) {
            LibC.close(descriptor);
          }
          break;
        }
        int id = LibC.getInt(question, 0);
        int listener = LibC.getInt(question, 4);
        if (descriptors.length == 1 && !arrivals.wants(listener)) {
          LibC.close(descriptors[0]);
          answer(id, Handoff.NEVER);
        } else if (descriptors.length == 1 && descriptors[0] >= enough) {
          LibC.close(descriptors[0]);
          answer(id, Handoff.NOT_NOW);
        } else if (descriptors.length == 1) {
          arrivals.arrived(listener, descriptors[0], this, id);
        } else {
          // the limit of open files (unix(7), MSG_CTRUNC)
          answer(id, Handoff.NOT_NOW);
        }
      }
    } catch (ErrnoException e) {
      // gone, as at the end of the stream: what it has sent is ours
    }
    synchronized (this) {
      closed = true;
      LibC.close(pair);
    }
  }

  /** Answers a connection; never waits. */
  synchronized void answer(int id, byte what) {
    if (closed) {
      return;
    }
    byte[] answer = new byte[Handoff.ANSWER];
    for (int i = 0; i < 4; i++) {
      answer[i] = (byte) (id >>> (8 * i));
    }
    answer[4] = what;
    try {
      LibC.sendmsg(pair, answer, 0, Handoff.ANSWER, new int[0], LibC.MSG_DONTWAIT);
    } catch (ErrnoException e) {
      // gone: so are its copies
    }
  }
}
