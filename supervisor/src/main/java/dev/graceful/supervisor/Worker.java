package dev.graceful.supervisor;

import dev.graceful.listener.PrivateListener;
import dev.graceful.process.WorkerProcess;
import dev.graceful.wire.LibC;
import dev.graceful.wire.Message;
import dev.graceful.wire.WireSocket;
import java.io.IOException;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** All that the supervisor holds for one generation. The loop's thread only. */
final class Worker {
  private static final Logger LOG = LoggerFactory.getLogger(Worker.class);

  /** A bind that the core has not decided on yet: the socket that came with it. */
  record Request(int socket, int backlog) {}

  private final int generation;
  private final Map<Integer, Request> requests = new HashMap<>();
  private final Map<Integer, PrivateListener> privates = new HashMap<>();
  private final Map<Integer, Integer> backlogs = new HashMap<>();
  private final Set<Integer> ports = new TreeSet<>();
  private @Nullable WorkerProcess process;
  private @Nullable WireSocket link;

  Worker(int generation) {
    this.generation = generation;
  }

  int generation() {
    return generation;
  }

  @Nullable WorkerProcess process() {
    return process;
  }

  void process(WorkerProcess started) {
    process = started;
  }

  /** Takes a new connection of this worker; an older one is closed. */
  void link(WireSocket socket) {
    if (link != null) {
      link.close();
    }
    link = socket;
  }

  /** Whether {@code socket} is the connection in use. */
  boolean linkedBy(WireSocket socket) {
    return link == socket;
  }

  /**
   * Sends a message, if there is a connection; one that fails is closed, and the worker returns.
   */
  void send(Message message, int... descriptors) {
    WireSocket socket = link;
    if (socket == null) {
      return;
    }
    try {
      socket.send(message, descriptors);
    } catch (IOException e) {
      LOG.warn("g{} cannot be told {}: {}", generation, message, e.getMessage());
      socket.close();
      link = null;
    }
  }

  void request(int number, Request request) {
    Request old = requests.put(number, request);
    if (old != null) {
      LibC.close(old.socket());
    }
  }

  @Nullable Request peekRequest(int number) {
    return requests.get(number);
  }

  /** The caller owns the socket from now on. */
  @Nullable Request takeRequest(int number) {
    return requests.remove(number);
  }

  void privateListener(int id, PrivateListener listener) {
    PrivateListener old = privates.put(id, listener);
    if (old != null) {
      old.close();
    }
  }

  @Nullable PrivateListener privateListener(int id) {
    return privates.get(id);
  }

  /** Listeners for which it has a private one. */
  Set<Integer> privateIds() {
    return privates.keySet();
  }

  /** The private listeners have served their purpose. */
  void closePrivates(Set<Integer> ids) {
    for (int id : ids) {
      PrivateListener listener = privates.remove(id);
      if (listener != null) {
        listener.close();
      }
    }
  }

  /** Ports of the listeners that it has (had) a seat for: its connections are counted by them. */
  Set<Integer> ports() {
    return ports;
  }

  /** What the application asked for; it counts once the worker serves. */
  void backlog(int id, int backlog) {
    backlogs.put(id, backlog);
  }

  int backlog(int id) {
    return backlogs.getOrDefault(id, 0);
  }

  /** The process has ended. */
  void discard() {
    if (link != null) {
      link.close();
      link = null;
    }
    requests.values().forEach(r -> LibC.close(r.socket()));
    requests.clear();
    closePrivates(Set.copyOf(privates.keySet()));
  }
}
