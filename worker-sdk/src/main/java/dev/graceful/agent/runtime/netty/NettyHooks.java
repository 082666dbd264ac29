package dev.graceful.agent.runtime.netty;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * What Netty's native sockets call in place of the system's calls, or before them. The answers are
 * those of Netty's own native methods, so what Netty makes of them, its exceptions too, is what it
 * always makes. None of them throws; one that fails leaves the original call to be made.
 *
 * <p>The public methods are what {@link NettyGate} lets through; each has a name of its own.
 */
public final class NettyHooks {
  /** The answer of a hook that has none: the original call is to be made. */
  static final int NOT_ANSWERED = Integer.MIN_VALUE;

  /** How far above a bind its channel is to be found: in Netty 4.1 and 4.2 at most 5 frames. */
  private static final int NEAR = 12;

  private final Listeners listeners;
  private final AtomicBoolean saidUring = new AtomicBoolean();

  NettyHooks(Listeners listeners) {
    this.listeners = listeners;
  }

  /**
   * A TCP socket binds, or one of UDP, a server's or a client's.
   *
   * @return 0, a negative errno, or {@link #NOT_ANSWERED}
   */
  public int bind(Object socket, int number, boolean six, byte[] host, int scope, int port) {
    try {
      if (port != 0 && server()) {
        InetSocketAddress address = new InetSocketAddress(host(host, scope), port);
        if (uring(socket)) {
          complainOfUring(address);
          return NOT_ANSWERED;
        }
        int errno = listeners.listen(socket, number, address);
        return errno == Listeners.UNSUPERVISED ? NOT_ANSWERED : -errno;
      }
    } catch (Throwable e) {
      complain("a bind is left to Netty: " + e);
    }
    return NOT_ANSWERED;
  }

  /** Always 16 bytes: IPv4 comes mapped, and the JDK maps it back. */
  private static InetAddress host(byte[] host, int scope) throws UnknownHostException {
    InetAddress address = InetAddress.getByAddress(host);
    return address instanceof Inet6Address && scope > 0
        ? Inet6Address.getByAddress(null, host, scope)
        : address;
  }

  /**
   * Whether it is a server that binds on this thread. Nothing in the socket tells, and listen(2),
   * which would, comes too late: Netty has asked for the local address by then, and an address that
   * is in use is to be an error of the bind.
   */
  private static boolean server() {
    StackTraceElement[] stack = new Throwable().getStackTrace();
    for (int i = 0; i < Math.min(NEAR, stack.length); i++) {
      if (stack[i].getMethodName().equals("doBind")
          && stack[i].getClassName().endsWith("ServerSocketChannel")) {
        return true;
      }
    }
    return false;
  }

  /**
   * An accept that io_uring has under way stays with the socket that it began on, so what is under
   * its seat cannot be changed.
   */
  private static boolean uring(Object socket) {
    return socket.getClass().getName().contains(".channel.uring.");
  }

  private void complainOfUring(InetSocketAddress address) {
    if (saidUring.compareAndSet(false, true)) {
      complain(
          "io_uring listens on "
              + address
              + " without graceful, which cannot hand such a listener over: the next generation"
              + " will not get this address; use Netty's epoll or NIO transport"
              + " (-Dio.netty.transport.noNative=true; Reactor Netty: -Dreactor.netty.native=false,"
              + " Vert.x: setPreferNativeTransport(false),"
              + " Armeria: -Dcom.linecorp.armeria.transportType=epoll)");
    }
  }

  /**
   * A socket listens: a seat does so already.
   *
   * @return 0 or {@link #NOT_ANSWERED}
   */
  public int listen(Object socket, int number, int backlog) {
    try {
      return listeners.backlog(socket, backlog) ? 0 : NOT_ANSWERED;
    } catch (Throwable e) {
      return NOT_ANSWERED;
    }
  }

  /** A socket's own address: that of a seat is the public one. Null: the original call. */
  public byte @Nullable [] localAddress(Object socket, int number) {
    try {
      InetSocketAddress address = listeners.address(socket);
      return address == null ? null : encode(address);
    } catch (Throwable e) {
      return null;
    }
  }

  /**
   * As Netty's native methods return an address: the host's bytes, for IPv6 the scope, the port,
   * the latter two in 4 bytes each, the highest first.
   */
  static byte[] encode(InetSocketAddress address) {
    byte[] host = address.getAddress().getAddress();
    ByteBuffer bytes = ByteBuffer.allocate(host.length == 4 ? 8 : 24).put(host);
    if (address.getAddress() instanceof Inet6Address six) {
      bytes.putInt(six.getScopeId());
    }
    return bytes.putInt(address.getPort()).array();
  }

  /** A descriptor will be closed. */
  public void closing(Object socket, int number) {
    try {
      listeners.closing(socket, number);
    } catch (Throwable e) {
      // the close itself must happen
    }
  }

  private void complain(String what) {
    try {
      listeners.complain(what);
    } catch (Throwable e) {
      // nobody to tell
    }
  }
}
