package dev.graceful.listener;

import dev.graceful.wire.ErrnoException;
import dev.graceful.wire.LibC;
import dev.graceful.wire.SocketAddresses;
import java.io.Closeable;
import java.io.IOException;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The shared listeners. Each is O_NONBLOCK, and is never shut down: a shared one belongs to every
 * process that has it.
 */
public final class Listeners implements Closeable {
  /** As many as the JDK asks for by default. */
  public static final int DEFAULT_BACKLOG = 50;

  private record Shared(int fd, int domain, InetSocketAddress address) {}

  private final Map<Integer, Shared> shared = new HashMap<>();
  private final Map<Integer, Integer> lame = new HashMap<>();

  /**
   * Binds and listens.
   *
   * @param socket an unbound TCP socket whose options are to be kept; it belongs to this object
   *     from now on, also when this fails
   * @throws ErrnoException as bind(2) and listen(2)
   */
  public void open(int id, InetSocketAddress address, int socket) throws IOException {
    boolean done = false;
    try {
      int domain = LibC.getsockopt(socket, LibC.SOL_SOCKET, LibC.SO_DOMAIN);
      LibC.setsockopt(socket, LibC.SOL_SOCKET, LibC.SO_REUSEADDR, 1);
      LibC.nonBlocking(socket);
      LibC.fcntl(socket, LibC.F_SETFD, LibC.FD_CLOEXEC);
      LibC.bind(socket, SocketAddresses.encode(address, domain));
      LibC.listen(socket, DEFAULT_BACKLOG);
      InetSocketAddress actual = SocketAddresses.decode(LibC.getsockname(socket));
      shared.put(id, new Shared(socket, domain, actual));
      done = true;
    } finally {
      if (!done) {
        LibC.close(socket);
      }
    }
  }

  /** Binds and listens on a socket of its own: a wildcard is dual stack where IPv6 is there. */
  public void open(int id, InetSocketAddress address) throws IOException {
    boolean six =
        !(address.getAddress() instanceof Inet4Address) || address.getAddress().isAnyLocalAddress();
    open(id, address, socket(six));
  }

  private static int socket(boolean six) throws IOException {
    int type = LibC.SOCK_STREAM | LibC.SOCK_CLOEXEC;
    if (six) {
      try {
        int fd = LibC.socket(LibC.AF_INET6, type, 0);
        LibC.setsockopt(fd, LibC.IPPROTO_IPV6, LibC.IPV6_V6ONLY, 0);
        return fd;
      } catch (ErrnoException e) {
        // this machine has no IPv6
      }
    }
    return LibC.socket(LibC.AF_INET, type, 0);
  }

  /**
   * Takes a listener back that is open already.
   *
   * @param socket belongs to this object from now on, also when this fails
   * @throws IOException if it is no TCP socket that listens on that address
   */
  public void adopt(int id, InetSocketAddress address, int socket) throws IOException {
    adopt(id, socket, address);
  }

  /** The same, on whatever address it listens. */
  public void adopt(int id, int socket) throws IOException {
    adopt(id, socket, null);
  }

  private void adopt(int id, int socket, @Nullable InetSocketAddress address) throws IOException {
    boolean done = false;
    try {
      int domain = LibC.getsockopt(socket, LibC.SOL_SOCKET, LibC.SO_DOMAIN);
      boolean tcp =
          (domain == LibC.AF_INET || domain == LibC.AF_INET6)
              && LibC.getsockopt(socket, LibC.SOL_SOCKET, LibC.SO_TYPE) == LibC.SOCK_STREAM
              && LibC.getsockopt(socket, LibC.SOL_SOCKET, LibC.SO_ACCEPTCONN) == 1;
      InetSocketAddress actual = tcp ? SocketAddresses.decode(LibC.getsockname(socket)) : null;
      if (actual == null) {
        throw new IOException("it is not listening on a TCP port");
      }
      if (address != null && !actual.equals(address)) {
        throw new IOException("it listens on " + actual + " and not on " + address);
      }
      LibC.nonBlocking(socket);
      LibC.fcntl(socket, LibC.F_SETFD, LibC.FD_CLOEXEC);
      Shared old = shared.put(id, new Shared(socket, domain, actual));
      if (old != null) {
        LibC.close(old.fd);
      }
      done = true;
    } finally {
      if (!done) {
        LibC.close(socket);
      }
    }
  }

  /** Whether the listener is open. */
  public boolean has(int id) {
    return shared.containsKey(id);
  }

  /** The listeners that are open. */
  public Set<Integer> all() {
    return Set.copyOf(shared.keySet());
  }

  /** Changes the backlog; the kernel caps it (listen(2)). */
  public void backlog(int id, int backlog) throws IOException {
    Shared listener = shared.get(id);
    if (listener != null && backlog > 0) {
      LibC.listen(listener.fd, backlog);
    }
  }

  /** The descriptor; it stays this object's. */
  public int descriptor(int id) {
    return get(id).fd;
  }

  /** The address as getsockname(2) tells it. */
  public InetSocketAddress address(int id) {
    return get(id).address;
  }

  private Shared get(int id) {
    Shared listener = shared.get(id);
    if (listener == null) {
      throw new IllegalStateException("no listener " + id);
    }
    return listener;
  }

  /** A listener of the same family that only the supervisor knows of. */
  public PrivateListener openPrivate(int id) throws IOException {
    return PrivateListener.open(get(id).domain);
  }

  /** The descriptor of a listener of the same family that nobody can connect to. */
  public int lame(int id) throws IOException {
    int domain = get(id).domain;
    Integer known = lame.get(domain);
    if (known != null) {
      return known;
    }
    int fd = listening(domain, true);
    lame.put(domain, fd);
    return fd;
  }

  /** A non-blocking listener on a loopback port of the kernel's choice. */
  static int listening(int domain, boolean nobody) throws IOException {
    int fd = LibC.socket(domain, LibC.SOCK_STREAM | LibC.SOCK_CLOEXEC | LibC.SOCK_NONBLOCK, 0);
    boolean done = false;
    try {
      if (domain == LibC.AF_INET6) {
        LibC.setsockopt(fd, LibC.IPPROTO_IPV6, LibC.IPV6_V6ONLY, 0);
      }
      if (nobody) {
        PacketFilters.dropAll(fd);
      }
      InetAddress loopback = InetAddress.getByAddress(new byte[] {127, 0, 0, 1});
      LibC.bind(fd, SocketAddresses.encode(new InetSocketAddress(loopback, 0), domain));
      LibC.listen(fd, DEFAULT_BACKLOG);
      done = true;
      return fd;
    } finally {
      if (!done) {
        LibC.close(fd);
      }
    }
  }

  /** Lets no new connection in; who waits in the accept queue stays there. */
  public void quiet(int id) throws IOException {
    PacketFilters.dropNewConnections(get(id).fd);
  }

  /** Lets new connections in again. */
  public void unquiet(int id) throws IOException {
    PacketFilters.remove(get(id).fd);
  }

  /** How many connections wait to be accepted. */
  public int acceptQueue(int id) throws IOException {
    Shared listener = shared.get(id);
    return listener == null ? 0 : acceptQueueOf(listener.fd);
  }

  /** For a listening socket, tcpi_unacked of TCP_INFO (tcp(7)) is the length of its queue. */
  static int acceptQueueOf(int fd) throws IOException {
    byte[] info = LibC.getsockopt(fd, LibC.IPPROTO_TCP, LibC.TCP_INFO, 32);
    return LibC.getInt(info, 24);
  }

  /** Closes the supervisor's descriptor. Workers that have one should be off it by now. */
  public void close(int id) {
    Shared listener = shared.remove(id);
    if (listener != null) {
      LibC.close(listener.fd);
    }
  }

  @Override
  public void close() {
    for (int id : List.copyOf(shared.keySet())) {
      close(id);
    }
    lame.values().forEach(LibC::close);
    lame.clear();
  }
}
