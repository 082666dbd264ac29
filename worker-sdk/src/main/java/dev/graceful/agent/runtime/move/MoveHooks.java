package dev.graceful.agent.runtime.move;

import dev.graceful.agent.runtime.weave.BodyPoint;
import dev.graceful.agent.runtime.weave.BodyPoint.Moments;
import dev.graceful.agent.runtime.weave.HookPoint;
import dev.graceful.agent.runtime.weave.HookPoint.Effect;
import dev.graceful.agent.runtime.weave.JavaMemory;
import dev.graceful.agent.runtime.weave.Points;
import java.io.FileDescriptor;
import java.net.InetSocketAddress;
import java.nio.channels.WritableByteChannel;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The hooks of the JDK's sockets that follow connections and hand arrivals to accepts. */
public final class MoveHooks {
  private static final String NIO = "sun/nio/ch/";
  private static final String SOCKET = NIO + "NioSocketImpl";
  private static final String CHANNEL = NIO + "SocketChannelImpl";
  private static final String FD = "Ljava/io/FileDescriptor;";

  /** IOStatus.UNAVAILABLE and IOStatus.INTERRUPTED. */
  private static final int UNAVAILABLE = -2;

  private static final int INTERRUPTED = -3;

  private final Seating seating;
  private final Arrivals arrivals;
  private final Traffic traffic;
  private final JavaMemory memory;

  MoveHooks(Seating seating, Arrivals arrivals, Traffic traffic, JavaMemory memory) {
    this.seating = seating;
    this.arrivals = arrivals;
    this.traffic = traffic;
    this.memory = memory;
  }

  /** Where the hooks go, as JDK 17 to 25 have it. */
  public static Points points() {
    String async = NIO + "UnixAsynchronousServerSocketChannelImpl";
    List<String> acceptors = List.of(NIO + "ServerSocketChannelImpl", SOCKET, async);
    String accept = "(" + FD + FD + "[Ljava/net/InetSocketAddress;)I";
    List<String> halves = List.of(SOCKET, CHANNEL, NIO + "AsynchronousSocketChannelImpl");
    String dispatcher = NIO + "SocketDispatcher";
    String unix = NIO + "UnixDispatcher";
    String preClose = "(" + FD + "JJ)V";
    return new Points(
        List.of(
            site("accept", Effect.UNLESS_ANSWERED_THEN, acceptors, "Net", accept),
            site("shutdown", Effect.FIRST, halves, "Net", "(" + FD + "I)V"),
            site("sendOOB", Effect.FIRST, List.of(SOCKET, CHANNEL), "Net", "(" + FD + "B)I")),
        List.of(
            body("read", Moments.BOTH, place(dispatcher, "read", "(" + FD + "JI)I")),
            body("readv", Moments.BOTH, place(dispatcher, "readv", "(" + FD + "JI)J")),
            body("write", Moments.BOTH, place(dispatcher, "write", "(" + FD + "JI)I")),
            body("writev", Moments.BOTH, place(dispatcher, "writev", "(" + FD + "JI)J")),
            body(
                "closeSocket",
                Moments.ENTRY,
                place(dispatcher, "close", "(" + FD + ")V"),
                place(unix, "close", "(" + FD + ")V")),
            body(
                "preCloseSocket",
                Moments.ENTRY,
                place(dispatcher, "preClose", preClose),
                place(unix, "preClose", preClose),
                place(unix, "implPreClose", preClose)),
            body(
                "transfer17",
                Moments.RETURN,
                "sendfile",
                place(
                    NIO + "FileChannelImpl",
                    "transferToDirectlyInternal",
                    "(JILjava/nio/channels/WritableByteChannel;" + FD + ")J")),
            body(
                "transfer",
                Moments.RETURN,
                "sendfile",
                place(NIO + "FileDispatcherImpl", "transferTo", "(" + FD + "JJ" + FD + "Z)J"))));
  }

  private static HookPoint site(
      String hook, Effect effect, List<String> callers, String owner, String descriptor) {
    HookPoint.Method callee = place(NIO + owner, hook, descriptor);
    return new HookPoint(hook, MoveHooks.class, effect, callers, callee, null);
  }

  private static HookPoint.Method place(String owner, String name, String descriptor) {
    return new HookPoint.Method(owner, name, descriptor, true);
  }

  private static BodyPoint body(String hook, Moments moments, HookPoint.Method... places) {
    return new BodyPoint(hook, MoveHooks.class, moments, List.of(places), hook);
  }

  private static BodyPoint body(String hook, Moments moments, String need, HookPoint.Method place) {
    return new BodyPoint(hook, MoveHooks.class, moments, List.of(place), need);
  }

  /** A server accepts: an arrival comes before who waits in the listener's queue. */
  public int accept(FileDescriptor seat, FileDescriptor accepted, InetSocketAddress[] peer) {
    try {
      if (arrivals.any()) {
        int listener = seating.publicListener(seat);
        Arrivals.Arrival arrival = listener == Seating.NONE ? null : arrivals.next(listener);
        if (arrival != null) {
          memory.number(accepted, arrival.descriptor());
          peer[0] = arrival.peer();
          traffic.accepted(accepted, arrival.descriptor(), listener);
          return 1;
        }
      }
    } catch (Throwable e) {
      // as if nothing had arrived
    }
    return HookPoint.NOT_ANSWERED;
  }

  /** A server has accepted, or found nobody. */
  public void acceptDone(
      int result, FileDescriptor seat, FileDescriptor accepted, InetSocketAddress[] peer) {
    if (result > 0) {
      int listener = seating.publicListener(seat);
      if (listener != Seating.NONE) {
        traffic.accepted(accepted, memory.number(accepted), listener);
      }
    }
  }

  public void shutdown(FileDescriptor fd, int how) {
    traffic.stays(fd, memory.number(fd), "one direction closed");
  }

  public void sendOOB(FileDescriptor fd, byte data) {
    traffic.stays(fd, memory.number(fd), "urgent data");
  }

  public @Nullable Object read(FileDescriptor fd, long address, int length) {
    return traffic.reading(fd, memory.number(fd));
  }

  public void readDone(
      @Nullable Object token, int result, FileDescriptor fd, long address, int length) {
    if (token != null) {
      traffic.read(token, address, (int) meaning(result));
    }
  }

  public @Nullable Object readv(FileDescriptor fd, long vector, int length) {
    return traffic.reading(fd, memory.number(fd));
  }

  public void readvDone(
      @Nullable Object token, long result, FileDescriptor fd, long vector, int length) {
    if (token != null) {
      traffic.readVector(token, vector, meaning(result));
    }
  }

  private static long meaning(long result) {
    return result == UNAVAILABLE || result == INTERRUPTED ? 0 : result;
  }

  public @Nullable Object write(FileDescriptor fd, long address, int length) {
    return traffic.writing(fd, memory.number(fd));
  }

  public void writeDone(
      @Nullable Object token, int result, FileDescriptor fd, long address, int length) {
    if (token != null) {
      traffic.written(token, address, result);
    }
  }

  public @Nullable Object writev(FileDescriptor fd, long vector, int length) {
    return traffic.writing(fd, memory.number(fd));
  }

  public void writevDone(
      @Nullable Object token, long result, FileDescriptor fd, long vector, int length) {
    if (token != null) {
      traffic.writtenVector(token, vector, result);
    }
  }

  public void closeSocket(FileDescriptor fd) {
    traffic.closing(fd, memory.number(fd));
  }

  public void preCloseSocket(FileDescriptor fd, long reader, long writer) {
    traffic.closing(fd, memory.number(fd));
  }

  /** sendfile(2), in JDK 17. */
  public void transfer17Done(
      long result, long position, int count, WritableByteChannel target, FileDescriptor fd) {
    traffic.transferred(fd, memory.number(fd), result);
  }

  /** sendfile(2), in later JDKs. */
  public void transferDone(
      long result,
      FileDescriptor from,
      long position,
      long count,
      FileDescriptor fd,
      boolean append) {
    traffic.transferred(fd, memory.number(fd), result);
  }
}
