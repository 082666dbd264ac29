package dev.graceful.agent.runtime;

import dev.graceful.agent.runtime.move.Traffic;
import dev.graceful.agent.runtime.weave.HookPoint;
import dev.graceful.agent.runtime.weave.HookPoint.Effect;
import dev.graceful.agent.runtime.weave.Points;
import dev.graceful.wire.Errno;
import java.io.FileDescriptor;
import java.io.IOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ProtocolFamily;
import java.net.SocketException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.Lock;
import org.jspecify.annotations.Nullable;

/**
 * The hooks that make a seat of every TCP listener of the JDK: what its classes call when a server
 * binds, listens, asks for its address, changes its blocking mode and closes. A hook that has
 * nothing to say, or fails, lets the original call happen.
 */
public final class BindHooks {
  private static final String SERVER = "sun/nio/ch/ServerSocketChannelImpl";
  private static final String SOCKET = "sun/nio/ch/NioSocketImpl";
  private static final String PARK = "sun/nio/ch/SelChImpl";
  private static final String ASYNC = "sun/nio/ch/AsynchronousServerSocketChannelImpl";
  private static final String UNIX_ASYNC = "sun/nio/ch/UnixAsynchronousServerSocketChannelImpl";

  private final Seats seats;
  private final Link link;
  private final JavaBase javaBase;
  private final Traffic traffic;

  BindHooks(Seats seats, Link link, JavaBase javaBase, Traffic traffic) {
    this.seats = seats;
    this.link = link;
    this.javaBase = javaBase;
    this.traffic = traffic;
  }

  /** Where the hooks go; the same in JDK 17 to 25. */
  static Points points() {
    return new Points(sites(), List.of());
  }

  /** Who watches what: a seat works without them, but for a change at the moment of a reseat. */
  static Points watching() {
    List<String> epolls =
        new ArrayList<>(List.of("sun/nio/ch/EPollSelectorImpl", "sun/nio/ch/EPollPort"));
    if (Runtime.version().feature() >= 21) {
      epolls.add("sun/nio/ch/EPollPoller");
    }
    HookPoint.Method ctl = new HookPoint.Method("sun/nio/ch/EPoll", "ctl", "(IIII)I", true);
    return new Points(List.of(point("ctl", Effect.AROUND, epolls, ctl)), List.of());
  }

  private static List<HookPoint> sites() {
    return List.of(
        point(
            "bind",
            Effect.UNLESS_DONE,
            List.of(SERVER),
            net(
                "bind",
                "(Ljava/net/ProtocolFamily;Ljava/io/FileDescriptor;Ljava/net/InetAddress;I)V")),
        point(
            "bindAsync",
            Effect.UNLESS_DONE,
            List.of(ASYNC),
            net("bind", "(Ljava/io/FileDescriptor;Ljava/net/InetAddress;I)V")),
        new HookPoint(
            "bindSocket",
            BindHooks.class,
            Effect.UNLESS_DONE,
            List.of(SOCKET),
            net("bind", "(Ljava/io/FileDescriptor;Ljava/net/InetAddress;I)V"),
            "server"),
        point(
            "listen",
            Effect.UNLESS_DONE,
            List.of(SERVER, SOCKET, ASYNC),
            net("listen", "(Ljava/io/FileDescriptor;I)V")),
        point(
            "localAddress",
            Effect.UNLESS_ANSWERED,
            List.of(SERVER, SOCKET, ASYNC),
            net("localAddress", "(Ljava/io/FileDescriptor;)Ljava/net/InetSocketAddress;")),
        point(
            "configureBlocking",
            Effect.UNLESS_DONE,
            List.of(SERVER, SOCKET),
            new HookPoint.Method(
                "sun/nio/ch/IOUtil", "configureBlocking", "(Ljava/io/FileDescriptor;Z)V", true)),
        point(
            "poll",
            Effect.UNLESS_ANSWERED,
            List.of(PARK, SOCKET),
            net("poll", "(Ljava/io/FileDescriptor;IJ)I")),
        point(
            "close",
            Effect.FIRST,
            List.of(SERVER, SOCKET, UNIX_ASYNC),
            dispatcher("close", "(Ljava/io/FileDescriptor;)V")),
        point(
            "preClose",
            Effect.FIRST,
            List.of(SERVER, SOCKET),
            dispatcher("preClose", "(Ljava/io/FileDescriptor;JJ)V")));
  }

  private static HookPoint point(
      String hook, Effect effect, List<String> callers, HookPoint.Method callee) {
    return new HookPoint(hook, BindHooks.class, effect, callers, callee, null);
  }

  private static HookPoint.Method net(String name, String descriptor) {
    return new HookPoint.Method("sun/nio/ch/Net", name, descriptor, true);
  }

  private static HookPoint.Method dispatcher(String name, String descriptor) {
    return new HookPoint.Method("sun/nio/ch/NativeDispatcher", name, descriptor, false);
  }

  /** A ServerSocketChannel binds. */
  public boolean bind(ProtocolFamily family, FileDescriptor fd, InetAddress host, int port)
      throws IOException {
    return bindAsync(fd, host, port);
  }

  /** A socket of java.net binds; only a ServerSocket's will listen. */
  public boolean bindSocket(FileDescriptor fd, InetAddress host, int port, boolean server)
      throws IOException {
    return server && bindAsync(fd, host, port);
  }

  /**
   * A listener binds.
   *
   * @return true if it has its seat, false if the application is to bind by itself
   * @throws IOException what the JDK throws for the same errno (its native NET_ThrowNew)
   */
  public boolean bindAsync(FileDescriptor fd, InetAddress host, int port) throws IOException {
    int errno = ListenRequest.UNSUPERVISED;
    try {
      if (port != 0) {
        errno = link.listen(fd, javaBase.number(fd), new InetSocketAddress(host, port));
      }
    } catch (Throwable e) {
      Application.complain("a bind is left to the application: " + e);
    }
    return switch (errno) {
      case ListenRequest.UNSUPERVISED -> false;
      case 0 -> true;
      case Errno.EADDRINUSE, Errno.EADDRNOTAVAIL, Errno.EPERM, Errno.EACCES ->
          throw new BindException(Errno.message(errno));
      default -> throw new SocketException(Errno.message(errno));
    };
  }

  /**
   * A listener listens: a seat does so already, but the supervisor is told how long its queue is.
   */
  public boolean listen(FileDescriptor fd, int backlog) {
    try {
      Seat seat = seats.of(fd);
      if (seat == null) {
        return false;
      }
      link.backlog(seat.listener(), backlog);
      return true;
    } catch (Throwable e) {
      return false;
    }
  }

  /** A listener's own address: the public one. */
  public @Nullable InetSocketAddress localAddress(FileDescriptor fd) {
    Seat seat = seats.of(fd);
    return seat == null ? null : seat.address();
  }

  /** A seat stays O_NONBLOCK, because others share what is under it; the JDK copes with that. */
  public boolean configureBlocking(FileDescriptor fd, boolean blocking) {
    return seats.of(fd) != null;
  }

  /**
   * A thread waits for a descriptor. On a seat it must come back when that is changed: poll(2) goes
   * on to wait for what it found under the number when it began.
   */
  public int poll(FileDescriptor fd, int events, long millis) {
    Seat seat = seats.of(fd);
    if (seat == null) {
      return HookPoint.NOT_ANSWERED;
    }
    try {
      return seats.poll(seat, events, (int) Math.max(-1, Math.min(millis, Integer.MAX_VALUE)));
    } catch (Throwable e) {
      return HookPoint.NOT_ANSWERED;
    }
  }

  /** A descriptor will be closed. */
  public void close(FileDescriptor fd) {
    try {
      Seat seat = seats.remove(fd);
      if (seat != null && !seats.claimed(seat.listener())) {
        link.unlisten(seat.listener());
      }
    } catch (Throwable e) {
      // the close itself must happen
    }
  }

  /** A descriptor will be replaced by a dead one until the threads that use it have left. */
  public void preClose(FileDescriptor fd, long reader, long writer) {
    close(fd);
  }

  /**
   * A thread is about to call epoll_ctl(2). It must not do so between the moments when a reseat
   * reads a seat's registrations and puts them back, nor while a connection is lifted out.
   */
  public @Nullable Object ctl(int epoll, int operation, int number, int events) {
    Lock lock = seats.hold(number);
    return lock != null ? lock : traffic.watching(number);
  }

  /** It has called; {@code result} is 0 or an errno. */
  public void ctlDone(
      @Nullable Object token, int result, int epoll, int operation, int number, int events) {
    if (token instanceof Lock lock) {
      lock.unlock();
    } else if (token != null) {
      traffic.watched(token, epoll, operation, events, result == 0);
    }
  }
}
