package dev.graceful.wire;

import java.net.InetSocketAddress;
import java.util.List;

/**
 * What worker and supervisor say to each other. Descriptors ride on the frame of the message that
 * names them, in its order.
 */
public sealed interface Message {

  /** Worker: the first message on a connection. The supervisor checks it against SO_PEERCRED. */
  record Hello(int protocol, int generation, long pid, String javaVersion) implements Message {}

  /** Supervisor: the worker is accepted as generation {@code generation}. */
  record Welcome(int protocol, int generation) implements Message {}

  /**
   * Worker: the application binds and listens. Carries one descriptor: the application's own
   * unbound socket, which becomes the listener if the supervisor has none for this address, so that
   * its options are those that the application has set.
   *
   * @param request number of the request, unique in this connection
   * @param address the address as the application's socket family has it
   * @param backlog as in listen(2), or 0 while it is not known: {@link Backlog} follows
   */
  record Listen(int request, InetSocketAddress address, int backlog) implements Message {}

  /**
   * Supervisor: answer to {@link Listen}. Carries one descriptor, to be put under the seat.
   *
   * @param listener number of the listener, the same for all generations
   * @param address the public address, as getsockname(2) tells of the shared listener
   * @param role what the descriptor is
   */
  record Listener(int request, int listener, InetSocketAddress address, Role role)
      implements Message {}

  /** Supervisor: answer to {@link Listen} when the system refuses; {@code errno} as errno(3). */
  record Refused(int request, int errno) implements Message {}

  /** Worker: the application closed its listener. */
  record Unlisten(int listener) implements Message {}

  /**
   * Supervisor: put each descriptor under the seat of its listener. Carries one descriptor for each
   * element of {@code listeners}.
   */
  record Reseat(int sequence, Role role, List<Integer> listeners) implements Message {
    public Reseat {
      listeners = List.copyOf(listeners);
    }
  }

  /**
   * Worker: {@link Reseat} is done.
   *
   * @param failed numbers of listeners that could not be reseated (closed meanwhile, for instance)
   */
  record Reseated(int sequence, List<Integer> failed) implements Message {
    public Reseated {
      failed = List.copyOf(failed);
    }
  }

  /** Worker: the application will say itself when it is ready. */
  record Hold() implements Message {}

  /** Worker: the application says that it is ready. */
  record Ready() implements Message {}

  /** Supervisor: this worker serves from now on. */
  record Serving() implements Message {}

  /**
   * Supervisor: finish what you have and leave.
   *
   * @param millis time until the hammer, or negative for no limit
   */
  record Drain(long millis) implements Message {}

  /** Worker: which hooks the application has; bits as {@link HookSignal#bit}. */
  record Hooks(int mask) implements Message {}

  /** Supervisor: run the hooks of this phase and signal. */
  record Hook(int id, HookPhase phase, HookSignal signal) implements Message {}

  /** Worker: the hooks of request {@code id} have run. */
  record HookDone(int id) implements Message {}

  /** Worker: the application has begun its shutdown. */
  record Exiting() implements Message {}

  /**
   * Supervisor: carries two descriptors, to be put under standard output and standard error in
   * place of the files that caught what the worker printed while it started.
   */
  record Streams() implements Message {}

  /**
   * Worker: the application called listen(2) on its seat. A bind is told by {@link Listen} before
   * the backlog is known; this follows it, and again whenever the application changes its mind.
   *
   * @param backlog as in listen(2)
   */
  record Backlog(int listener, int backlog) implements Message {}

  /**
   * Supervisor, to the old worker: another one serves, pass live connections to it. Carries one
   * descriptor, an end of a socketpair(2) of AF_UNIX and SOCK_SEQPACKET. A second one, for another
   * successor, replaces the first.
   *
   * @param listeners only connections accepted from these go
   */
  record Pass(List<Integer> listeners) implements Message {
    public Pass {
      listeners = List.copyOf(listeners);
    }
  }

  /** Supervisor, to the new worker: take connections. Carries the other end of {@link Pass}'s. */
  record Take() implements Message {}

  /**
   * Worker, after each WELCOME: it has a seat for this listener. Carries one descriptor if the role
   * is {@link Role#SHARED}: the listener itself, so that a supervisor that follows another gets it
   * back.
   *
   * @param listener number of the listener, as the supervisor that gave it numbered it
   * @param address the public address
   * @param role what is under the seat now
   * @param backlog as in listen(2), or 0 while it is not known
   */
  record Seated(int listener, InetSocketAddress address, Role role, int backlog)
      implements Message {}

  /**
   * Worker: all its seats have been told.
   *
   * @param formerPorts local ports of listeners that it had a seat for: connections may be left
   */
  record SeatsTold(List<Integer> formerPorts) implements Message {
    public SeatsTold {
      formerPorts = List.copyOf(formerPorts);
    }
  }

  /** A message of a kind that this version does not know: ignored, so that versions can meet. */
  record Unknown(int kind) implements Message {}
}
