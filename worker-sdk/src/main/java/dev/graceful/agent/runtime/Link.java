package dev.graceful.agent.runtime;

import dev.graceful.agent.runtime.move.Moving;
import dev.graceful.wire.Codec;
import dev.graceful.wire.Errno;
import dev.graceful.wire.ErrnoException;
import dev.graceful.wire.LibC;
import dev.graceful.wire.Message;
import dev.graceful.wire.Role;
import dev.graceful.wire.WireSocket;
import java.io.IOException;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * The connection to the supervisor. Its thread loads the native part, connects, takes messages, and
 * connects again when the supervisor has gone, for as long as the application lives; nothing of the
 * application waits for it but a bind.
 */
final class Link implements Runnable {
  private static final long SEND_MILLIS = 5_000;
  private static final long PAUSE_MILLIS = 200;
  private static final long LONG_PAUSE_MILLIS = 1_000;
  private static final int SHORT_PAUSES = 25;

  private final Arguments arguments;
  private final JavaBase javaBase;
  private final Seats seats;
  private final Application application;
  private final Moving moving;

  /** Guards the fields below it. Held while sending, never while something is waited for. */
  private final ReentrantLock lock = new ReentrantLock();

  private final Map<Integer, ListenRequest> waiting = new LinkedHashMap<>();
  private @Nullable WireSocket socket;
  private int lastRequest;
  private boolean aside;

  Link(
      Arguments arguments, JavaBase javaBase, Seats seats, Application application, Moving moving) {
    this.arguments = arguments;
    this.javaBase = javaBase;
    this.seats = seats;
    this.application = application;
    this.moving = moving;
  }

  /** The application goes on as if there were no agent; said once. */
  void stepAside(Throwable why) {
    List<ListenRequest> left;
    lock.lock();
    try {
      if (aside) {
        return;
      }
      aside = true;
      left = new ArrayList<>(waiting.values());
      waiting.clear();
      if (socket != null) {
        socket.close();
      }
    } finally {
      lock.unlock();
    }
    String cause = why.getCause() == null ? "" : ": " + why.getCause();
    Application.complain(
        "the agent steps aside, this application runs unsupervised: " + why.getMessage() + cause);
    for (ListenRequest request : left) {
      request.answer(ListenRequest.UNSUPERVISED);
    }
  }

  /**
   * Asks for a listener and waits until it is under {@code number}.
   *
   * @return as {@link ListenRequest#await}
   */
  int listen(Object descriptor, int number, InetSocketAddress address) {
    ListenRequest request;
    lock.lock();
    try {
      if (aside) {
        return ListenRequest.UNSUPERVISED;
      }
      request = new ListenRequest(++lastRequest, descriptor, number, address);
      waiting.put(request.id, request);
      ask(request);
    } finally {
      lock.unlock();
    }
    return request.await();
  }

  private void ask(ListenRequest request) {
    if (socket == null) {
      return;
    }
    InetSocketAddress address = null;
    try {
      address = asSocketHasIt(request.number, request.address);
    } catch (IOException e) {
      // a descriptor that is no socket: the bind itself will say so
    }
    if (address == null) {
      waiting.remove(request.id);
      request.answer(ListenRequest.UNSUPERVISED);
    } else {
      send(new Message.Listen(request.id, address, 0), request.number);
    }
  }

  /**
   * On a socket of IPv6 the wildcard is that of both families, whichever the application named.
   * Null for what the JDK will refuse.
   */
  private static @Nullable InetSocketAddress asSocketHasIt(int number, InetSocketAddress address)
      throws IOException {
    InetAddress host = address.getAddress();
    boolean six = LibC.getsockopt(number, LibC.SOL_SOCKET, LibC.SO_DOMAIN) == LibC.AF_INET6;
    if (six && host.isAnyLocalAddress()) {
      return new InetSocketAddress(InetAddress.getByAddress(new byte[16]), address.getPort());
    }
    return six || host instanceof Inet4Address ? address : null;
  }

  void backlog(int listener, int backlog) {
    seats.backlog(listener, backlog);
    send(new Message.Backlog(listener, backlog));
  }

  void unlisten(int listener) {
    send(new Message.Unlisten(listener));
  }

  private final class Holdings implements Seats.Witness {
    @Override
    public void seat(Seat seat, Role role, int backlog) {
      Message message = new Message.Seated(seat.listener(), seat.address(), role, backlog);
      if (role == Role.SHARED) {
        send(message, seat.number());
      } else {
        send(message);
      }
    }

    @Override
    public void end(List<Integer> formerPorts) {
      send(new Message.SeatsTold(formerPorts));
    }
  }

  /** Tells the supervisor what the application has said so far; again on each new connection. */
  void tell() {
    lock.lock();
    try {
      if (application.held()) {
        send(new Message.Hold());
      }
      if (application.ready()) {
        send(new Message.Ready());
      }
      int hooks = application.hookMask();
      if (hooks != 0) {
        send(new Message.Hooks(hooks));
      }
    } finally {
      lock.unlock();
    }
  }

  /** Sends if there is anybody; the thread below notices when there is nobody any more. */
  void send(Message message, int... descriptors) {
    lock.lock();
    try {
      WireSocket to = socket;
      if (to != null) {
        try {
          to.send(message, descriptors);
        } catch (IOException e) {
          to.close();
        }
      }
    } finally {
      lock.unlock();
    }
  }

  @Override
  public void run() {
    try {
      javaBase.loadJffi(arguments.nativeLibrary());
    } catch (Throwable e) {
      stepAside(e);
      return;
    }
    int failures = 0;
    while (!aside()) {
      try (WireSocket connection = WireSocket.connect(arguments.socket())) {
        connection.sendTimeout(SEND_MILLIS);
        greet(connection);
        failures = 0;
        while (true) {
          WireSocket.Received received = connection.receive();
          try {
            handle(received.message(), received.descriptors());
          } catch (RuntimeException | Error e) {
            Application.complain("a message of the supervisor could not be obeyed: " + e);
          } finally {
            received.discard();
          }
        }
      } catch (IOException e) {
        failures++;
      } finally {
        disconnected();
      }
      pause(failures <= SHORT_PAUSES ? PAUSE_MILLIS : LONG_PAUSE_MILLIS);
    }
  }

  private boolean aside() {
    lock.lock();
    try {
      return aside;
    } finally {
      lock.unlock();
    }
  }

  private void greet(WireSocket connection) throws IOException {
    long pid = ProcessHandle.current().pid();
    String java = System.getProperty("java.version", "");
    connection.send(new Message.Hello(Codec.VERSION, arguments.generation(), pid, java));
    WireSocket.Received answer = connection.receive();
    answer.discard();
    if (!(answer.message() instanceof Message.Welcome)) {
      throw new IOException("the supervisor does not know this worker");
    }
    lock.lock();
    try {
      socket = connection;
      // it may be another supervisor, which has nothing but what it is told now
      seats.tell(new Holdings());
      if (application.state() == Application.State.TERMINATED) {
        send(new Message.Exiting());
      }
      tell();
      for (ListenRequest request : new ArrayList<>(waiting.values())) {
        ask(request);
      }
    } finally {
      lock.unlock();
    }
  }

  private void disconnected() {
    lock.lock();
    try {
      socket = null;
    } finally {
      lock.unlock();
    }
  }

  private static void pause(long millis) {
    try {
      Thread.sleep(millis);
    } catch (InterruptedException e) {
      // nobody but the application's misuse of our thread: go on
    }
  }

  private void handle(Message message, int[] descriptors) {
    if (message instanceof Message.Listener m) {
      seat(m, descriptors);
    } else if (message instanceof Message.Refused m) {
      answer(m.request(), m.errno());
    } else if (message instanceof Message.Reseat m) {
      send(new Message.Reseated(m.sequence(), reseat(m, descriptors)));
    } else if (message instanceof Message.Serving) {
      application.reached(Application.State.RUNNING);
    } else if (message instanceof Message.Drain m) {
      application.drain(m.millis());
    } else if (message instanceof Message.Hook m) {
      Threads.start("hooks", new HookRun(m), null);
    } else if (message instanceof Message.Streams && descriptors.length == 2) {
      StandardStreams.replace(descriptors[0], descriptors[1]);
    } else if (message instanceof Message.Pass m && descriptors.length == 1) {
      int pair = keep(descriptors[0]);
      if (pair >= 0) {
        moving.departures().pass(m.listeners(), pair);
      }
    } else if (message instanceof Message.Take && descriptors.length == 1) {
      int pair = keep(descriptors[0]);
      if (pair >= 0) {
        moving.arrivals().take(pair);
      }
    }
  }

  /** A copy for whom the received descriptor is meant, -1 if the limit of open files forbids it. */
  private static int keep(int descriptor) {
    try {
      return LibC.fcntl(descriptor, LibC.F_DUPFD_CLOEXEC, 0);
    } catch (ErrnoException e) {
      return -1;
    }
  }

  private final class HookRun implements Runnable {
    private final Message.Hook hook;

    HookRun(Message.Hook hook) {
      this.hook = hook;
    }

    @Override
    public void run() {
      application.runHooks(hook.phase(), hook.signal());
      send(new Message.HookDone(hook.id()));
    }
  }

  private List<Integer> reseat(Message.Reseat reseat, int[] descriptors) {
    try {
      return seats.reseat(reseat.role(), reseat.listeners(), descriptors);
    } catch (RuntimeException | Error e) {
      Application.complain("listeners could not be changed: " + e);
      return reseat.listeners();
    }
  }

  private void seat(Message.Listener listener, int[] descriptors) {
    ListenRequest request;
    lock.lock();
    try {
      request = waiting.get(listener.request());
    } finally {
      lock.unlock();
    }
    if (request == null || descriptors.length != 1) {
      return;
    }
    int errno = 0;
    try {
      // here and not in the waiting thread: the next message may be a reseat of this very seat
      seats.add(
          new Seat(request.descriptor, request.number, listener.listener(), listener.address()),
          listener.role(),
          descriptors[0]);
    } catch (ErrnoException e) {
      errno = e.errno();
      if (!seats.claimed(listener.listener())) {
        unlisten(listener.listener());
      }
    } catch (RuntimeException | Error e) {
      Application.complain("a listener could not be seated: " + e);
      errno = Errno.EINVAL;
    }
    answer(request.id, errno);
  }

  private void answer(int id, int errno) {
    ListenRequest request;
    lock.lock();
    try {
      request = waiting.remove(id);
    } finally {
      lock.unlock();
    }
    if (request != null) {
      request.answer(errno);
    }
  }
}
