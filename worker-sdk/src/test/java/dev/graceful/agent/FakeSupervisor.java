package dev.graceful.agent;

import dev.graceful.wire.ErrnoException;
import dev.graceful.wire.LibC;
import dev.graceful.wire.Message;
import dev.graceful.wire.Role;
import dev.graceful.wire.SocketAddresses;
import dev.graceful.wire.WireSocket;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * The supervisor's side of the wire, and no more of a supervisor: it binds what the worker asks for
 * and seats it on private listeners, and then does what the test says.
 */
final class FakeSupervisor implements AutoCloseable {
  /** A listener: the shared socket, and what is under the worker's seat now. */
  static final class Listener {
    final int number;
    final int shared;
    final InetSocketAddress address;
    private int own = -1;
    private int ownPort;
    private Role role = Role.SHARED;

    Listener(int number, int shared, InetSocketAddress address) {
      this.number = number;
      this.shared = shared;
      this.address = address;
    }

    /** The port of the private listener under the seat. */
    int privatePort() {
      return ownPort;
    }
  }

  private static final int SO_SNDBUF = 7;

  private final int server;
  final Path path;
  private final BlockingQueue<Message> messages = new LinkedBlockingQueue<>();
  private final ConcurrentHashMap<InetSocketAddress, Listener> listeners =
      new ConcurrentHashMap<>();

  /** Never the same twice, as those of a supervisor that follows another must be. */
  private static final AtomicInteger numbers = new AtomicInteger();

  private final AtomicInteger sequences = new AtomicInteger();
  private final BlockingQueue<WireSocket> connections = new LinkedBlockingQueue<>();
  private volatile WireSocket connection;
  private volatile boolean closed;
  private volatile FakeSupervisor inherited;

  /** For another worker, on the shared listeners of {@code predecessor}, which stays open. */
  FakeSupervisor(Path path, FakeSupervisor predecessor) throws IOException {
    this(path);
    inherited = predecessor;
  }

  /** An errno to refuse every bind with, or 0. */
  volatile int refusal;

  FakeSupervisor(Path path) throws IOException {
    this.path = path;
    byte[] name = path.toString().getBytes(StandardCharsets.UTF_8);
    byte[] address = Arrays.copyOf(new byte[] {LibC.AF_UNIX, 0}, 3 + name.length);
    System.arraycopy(name, 0, address, 2, name.length);
    server = LibC.socket(LibC.AF_UNIX, LibC.SOCK_STREAM | LibC.SOCK_CLOEXEC, 0);
    LibC.bind(server, address);
    LibC.listen(server, 5);
    Thread thread = new Thread(this::accept, "fake-supervisor");
    thread.setDaemon(true);
    thread.start();
  }

  private void accept() {
    while (!closed) {
      try (WireSocket socket = new WireSocket(LibC.accept4(server, LibC.SOCK_CLOEXEC))) {
        connection = socket;
        connections.add(socket);
        while (true) {
          WireSocket.Received received = socket.receive();
          try {
            answer(received);
          } finally {
            received.discard();
          }
        }
      } catch (IOException e) {
        // the worker, or the test, has gone: the next one may come
      }
    }
  }

  private void answer(WireSocket.Received received) throws IOException {
    Message message = received.message();
    if (message instanceof Message.Hello hello) {
      send(new Message.Welcome(hello.protocol(), hello.generation()));
    } else if (message instanceof Message.Listen listen && refusal != 0) {
      send(new Message.Refused(listen.request(), refusal));
    } else if (message instanceof Message.Listen listen) {
      try {
        Listener listener = listener(listen.address(), received.descriptors()[0]);
        under(listener, Role.PRIVATE);
        send(
            new Message.Listener(listen.request(), listener.number, listener.address, Role.PRIVATE),
            listener.own);
      } catch (ErrnoException e) {
        send(new Message.Refused(listen.request(), e.errno()));
      }
    }
    if (message instanceof Message.Unlisten unlisten) {
      for (var entry : listeners.entrySet()) {
        if (entry.getValue().number == unlisten.listener()) {
          listeners.remove(entry.getKey());
          close(entry.getValue());
        }
      }
    }
    messages.add(message);
  }

  private static void close(Listener listener) {
    LibC.close(listener.shared);
    if (listener.role != Role.SHARED) {
      LibC.close(listener.own);
    }
  }

  private Listener listener(InetSocketAddress asked, int socket) throws IOException {
    Listener known = listeners.get(asked);
    if (known != null) {
      return known;
    }
    if (inherited != null) {
      Listener of = inherited.listeners.get(asked);
      int copy = LibC.fcntl(of.shared, LibC.F_DUPFD_CLOEXEC, 0);
      Listener listener = new Listener(of.number, copy, of.address);
      listeners.put(asked, listener);
      return listener;
    }
    int domain = LibC.getsockopt(socket, LibC.SOL_SOCKET, LibC.SO_DOMAIN);
    int shared = LibC.fcntl(socket, LibC.F_DUPFD_CLOEXEC, 0);
    try {
      LibC.bind(shared, SocketAddresses.encode(asked, domain));
      LibC.listen(shared, 50);
      LibC.nonBlocking(shared);
      InetSocketAddress address = SocketAddresses.decode(LibC.getsockname(shared));
      Listener listener = new Listener(numbers.incrementAndGet(), shared, address);
      listeners.put(asked, listener);
      return listener;
    } catch (IOException e) {
      LibC.close(shared);
      throw e;
    }
  }

  /** Makes the worker's own listener of {@code role}, unless that is the shared one. */
  private static int under(Listener listener, Role role) throws IOException {
    listener.role = role;
    if (role == Role.SHARED) {
      return listener.shared;
    }
    int own = LibC.socket(LibC.AF_INET, LibC.SOCK_STREAM | LibC.SOCK_CLOEXEC, 0);
    InetSocketAddress loopback = new InetSocketAddress(InetAddress.getByName("127.0.0.1"), 0);
    LibC.bind(own, SocketAddresses.encode(loopback, LibC.AF_INET));
    LibC.listen(own, 50);
    if (role == Role.LAME) {
      LibC.attachFilter(own, new int[][] {{0x06, 0, 0, 0}});
    }
    LibC.nonBlocking(own);
    listener.ownPort = SocketAddresses.decode(LibC.getsockname(own)).getPort();
    listener.own = own;
    return own;
  }

  /** Reseats all listeners and waits until that is done. */
  void reseat(Role role) throws Exception {
    List<Listener> all = List.copyOf(listeners.values());
    int[] before = new int[all.size()];
    int[] after = new int[all.size()];
    for (int i = 0; i < before.length; i++) {
      Listener listener = all.get(i);
      before[i] = listener.role == Role.SHARED ? -1 : listener.own;
      after[i] = under(listener, role);
    }
    int sequence = sequences.incrementAndGet();
    send(
        new Message.Reseat(sequence, role, all.stream().map(listener -> listener.number).toList()),
        after);
    Message.Reseated reseated = await(Message.Reseated.class);
    if (reseated.sequence() != sequence || !reseated.failed().isEmpty()) {
      throw new AssertionError(reseated);
    }
    for (int own : before) {
      if (own >= 0) {
        LibC.close(own);
      }
    }
  }

  /** Ends the connection, as a supervisor does that dies. */
  void hangUp() {
    connection.close();
  }

  /** How many listeners are open. */
  int listening() {
    return listeners.size();
  }

  /**
   * The worker of {@code next} serves in place of ours, and gets its connections. Both have bound.
   */
  void handOver(FakeSupervisor next) throws Exception {
    serve(next);
    pass(next);
  }

  /** The worker of {@code next} serves in place of ours. */
  void serve(FakeSupervisor next) throws Exception {
    next.reseat(Role.SHARED);
    reseat(Role.LAME);
  }

  /** The worker of {@code next} gets the connections of ours. */
  void pass(FakeSupervisor next) throws Exception {
    pass(next, false);
  }

  void pass(FakeSupervisor next, boolean little) throws Exception {
    int[] ends = LibC.socketpair(LibC.SOCK_SEQPACKET);
    if (little) {
      LibC.setsockopt(ends[0], LibC.SOL_SOCKET, SO_SNDBUF, 1); // the kernel makes its least of it
    }
    send(
        new Message.Pass(listeners.values().stream().map(listener -> listener.number).toList()),
        ends[0]);
    next.send(new Message.Take(), ends[1]);
    LibC.close(ends[0]);
    LibC.close(ends[1]);
  }

  void send(Message message, int... descriptors) throws IOException {
    connection.send(message, descriptors);
  }

  /** The next connection of a worker, which is then the one to send on. */
  WireSocket nextConnection() throws InterruptedException {
    WireSocket next = connections.poll(120, TimeUnit.SECONDS);
    if (next == null) {
      throw new AssertionError("no worker has connected");
    }
    return next;
  }

  /** The next message of this kind; those before it are dropped. */
  <M extends Message> M await(Class<M> kind) throws InterruptedException {
    StringBuilder others = new StringBuilder();
    while (true) {
      Message message = messages.poll(120, TimeUnit.SECONDS);
      if (message == null) {
        throw new AssertionError("no " + kind.getSimpleName() + " but " + others);
      }
      if (kind.isInstance(message)) {
        return kind.cast(message);
      }
      others.append(message).append(' ');
    }
  }

  /**
   * Waits until all that a worker has said which has ended is dealt with. It may have ended before
   * it had said anything.
   */
  void settle() throws IOException, InterruptedException {
    // who connects after it is heard after it
    try (WireSocket last = WireSocket.connect(path.toString())) {
      last.send(new Message.Exiting());
      await(Message.Exiting.class);
    }
  }

  /** The messages that have come and that nobody has waited for. */
  List<Message> unread() {
    return List.copyOf(messages);
  }

  Listener only() {
    if (listeners.size() != 1) {
      throw new AssertionError(listeners.keySet());
    }
    return listeners.values().iterator().next();
  }

  @Override
  public void close() throws IOException {
    if (closed) {
      return;
    }
    closed = true;
    LibC.shutdown(server, LibC.SHUT_RDWR);
    LibC.close(server);
    WireSocket last = connection;
    if (last != null) {
      last.close();
    }
    for (Listener listener : listeners.values()) {
      close(listener);
    }
  }
}
