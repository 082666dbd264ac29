package dev.graceful.agent.runtime.netty;

import dev.graceful.agent.runtime.move.Arrivals;
import dev.graceful.agent.runtime.move.Moving;
import dev.graceful.agent.runtime.move.Seating;
import dev.graceful.agent.runtime.move.Traffic;
import dev.graceful.agent.runtime.weave.JavaMemory;
import dev.graceful.wire.ErrnoException;
import dev.graceful.wire.LibC;
import java.nio.ByteBuffer;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.Lock;
import org.jspecify.annotations.Nullable;

/**
 * What Netty's native sockets tell of their connections: as {@link NettyHooks} are, but for the
 * moving of connections. A connection's key is Netty's socket, which is made, on the same thread,
 * after the descriptor has been accepted.
 */
public final class NettyTraffic {
  /** EAGAIN of errno(3), as Netty's native methods return it. */
  private static final int AGAIN = -11;

  /** Accepted, and about to become a socket. */
  private record Accepted(Thread thread, int listener) {}

  private final Listeners listeners;
  private final Seating seating;
  private final Moving moving;
  private final Arrivals arrivals;
  private final Traffic traffic;
  private final JavaMemory memory;
  private final ConcurrentHashMap<Integer, Accepted> accepted = new ConcurrentHashMap<>();
  private volatile boolean off;

  /** The parts of what moves connections. */
  public NettyTraffic(Listeners listeners, Seating seating, Moving moving, JavaMemory memory) {
    this.listeners = listeners;
    this.seating = seating;
    this.moving = moving;
    arrivals = moving.arrivals();
    traffic = moving.traffic();
    this.memory = memory;
  }

  /** This Netty lacks something that is needed: connections neither come nor go. */
  void off() {
    off = true;
    moving.off();
  }

  /** A server accepts: an arrival comes before who waits in the listener's queue. */
  public int accept(Object seat, int number, byte[] peer) {
    try {
      if (!off && arrivals.any()) {
        int listener = seating.publicListener(seat);
        Arrivals.Arrival arrival = listener == Seating.NONE ? null : arrivals.next(listener);
        if (arrival != null) {
          return enter(arrival, listener, peer);
        }
      }
    } catch (Throwable e) {
      // as if nothing had arrived
    }
    return NettyHooks.NOT_ANSWERED;
  }

  /** As accept4(2) with SOCK_NONBLOCK and SOCK_CLOEXEC, and as Netty wants the peer's address. */
  private int enter(Arrivals.Arrival arrival, int listener, byte[] peer) throws ErrnoException {
    int number = arrival.descriptor();
    try {
      byte[] address = NettyHooks.encode(arrival.peer());
      LibC.nonBlocking(number);
      LibC.fcntl(number, LibC.F_SETFD, LibC.FD_CLOEXEC);
      peer[0] = (byte) address.length;
      System.arraycopy(address, 0, peer, 1, address.length);
    } catch (Throwable e) {
      LibC.close(number);
      throw e;
    }
    accepted.put(number, new Accepted(Thread.currentThread(), listener));
    return number;
  }

  /** A server has accepted, or found nobody. */
  public void acceptDone(int result, Object seat) {
    if (result >= 0 && !off) {
      int listener = seating.publicListener(seat);
      if (listener != Seating.NONE) {
        accepted.put(result, new Accepted(Thread.currentThread(), listener));
      }
    }
  }

  /** Netty has made a socket of a descriptor. */
  public void created(Object socket, int number) {
    if (!accepted.isEmpty()) {
      Accepted how = accepted.remove(number);
      if (how != null && how.thread == Thread.currentThread()) {
        traffic.accepted(socket, number, how.listener);
      }
    }
  }

  public void shutdown(Object socket, int number) {
    traffic.stays(socket, number, "one direction closed");
  }

  /** Bytes go from or to a pipe without being seen. */
  public void splice(int from, long fromOffset, int to) {
    traffic.stays(from, "spliced");
    traffic.stays(to, "spliced");
  }

  public @Nullable Object readBuffer(Object socket, int number) {
    return traffic.reading(socket, number);
  }

  public void readBufferDone(
      @Nullable Object token,
      int result,
      Object socket,
      int number,
      ByteBuffer buffer,
      int position) {
    if (token != null) {
      traffic.read(token, result > 0 ? memory.address(buffer) + position : 0, meaning(result));
    }
  }

  public @Nullable Object readAddress(Object socket, int number) {
    return traffic.reading(socket, number);
  }

  public void readAddressDone(
      @Nullable Object token, int result, Object socket, int number, long address, int position) {
    if (token != null) {
      traffic.read(token, address + position, meaning(result));
    }
  }

  private static int meaning(int result) {
    if (result > 0) {
      return result;
    }
    return result == AGAIN ? 0 : -1;
  }

  public @Nullable Object writeBuffer(Object socket, int number) {
    return traffic.writing(socket, number);
  }

  public void writeBufferDone(
      @Nullable Object token,
      int result,
      Object socket,
      int number,
      ByteBuffer buffer,
      int position) {
    if (token != null && result > 0) {
      traffic.written(token, memory.address(buffer) + position, result);
    }
  }

  public @Nullable Object writeAddress(Object socket, int number) {
    return traffic.writing(socket, number);
  }

  public void writeAddressDone(
      @Nullable Object token, int result, Object socket, int number, long address, int position) {
    if (token != null) {
      traffic.written(token, address + position, result);
    }
  }

  public @Nullable Object writeBuffers(Object socket, int number) {
    return traffic.writing(socket, number);
  }

  /** An array of buffers, each from its position on; the call has not changed them. */
  public void writeBuffersDone(
      @Nullable Object token,
      long result,
      Object socket,
      int number,
      ByteBuffer[] buffers,
      int offset) {
    if (token == null) {
      return;
    }
    long left = result;
    for (int i = offset; left > 0 && i < buffers.length; i++) {
      ByteBuffer buffer = buffers[i];
      int length = (int) Math.min(left, buffer.remaining());
      traffic.written(token, memory.address(buffer) + buffer.position(), length);
      left -= length;
    }
  }

  public @Nullable Object writeVector(Object socket, int number) {
    return traffic.writing(socket, number);
  }

  public void writeVectorDone(
      @Nullable Object token, long result, Object socket, int number, long vector) {
    if (token != null) {
      traffic.writtenVector(token, vector, result);
    }
  }

  public void sendFileDone(long result, Object socket, int number) {
    traffic.transferred(socket, number, result);
  }

  public @Nullable Object ctlAdd(int epoll, int number) {
    return watching(number);
  }

  public void ctlAddDone(@Nullable Object token, int result, int epoll, int number, int events) {
    watched(token, epoll, LibC.EPOLL_CTL_ADD, events, result);
  }

  public @Nullable Object ctlMod(int epoll, int number) {
    return watching(number);
  }

  public void ctlModDone(@Nullable Object token, int result, int epoll, int number, int events) {
    watched(token, epoll, LibC.EPOLL_CTL_MOD, events, result);
  }

  public @Nullable Object ctlDel(int epoll, int number) {
    return watching(number);
  }

  public void ctlDelDone(@Nullable Object token, int result, int epoll) {
    watched(token, epoll, LibC.EPOLL_CTL_DEL, 0, result);
  }

  private @Nullable Object watching(int number) {
    Lock lock = listeners.hold(number);
    return lock != null ? lock : traffic.watching(number);
  }

  private void watched(@Nullable Object token, int epoll, int operation, int events, int result) {
    if (token instanceof Lock lock) {
      lock.unlock();
    } else if (token != null) {
      traffic.watched(token, epoll, operation, events, result == 0);
    }
  }
}
