package dev.graceful.control;

import java.io.Closeable;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.BiConsumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The supervisor's end of the operator's socket. Each client has a thread, sends one request and
 * gets its answer; a client that is silent, slow or talks nonsense is shown the door and disturbs
 * nobody. Owns the acceptor and its clients; costs nothing while nobody asks.
 */
public final class ControlServer implements Closeable {
  static final int MOST_CLIENTS = 32;
  private static final long PAUSE_AFTER_FAILURE_MILLIS = 100;
  private static final Logger LOG = LoggerFactory.getLogger(ControlServer.class);

  private final Acceptor acceptor;
  private final BiConsumer<Request, Responder> handler;
  private final long patienceMillis;
  private final ScheduledThreadPoolExecutor deadlines;
  private final Set<ControlClientSession> sessions = new LinkedHashSet<>();
  private boolean closed;

  private ControlServer(
      Acceptor acceptor, BiConsumer<Request, Responder> handler, long patienceMillis) {
    this.acceptor = acceptor;
    this.handler = handler;
    this.patienceMillis = patienceMillis;
    this.deadlines =
        new ScheduledThreadPoolExecutor(1, task -> daemon(task, "graceful-control-deadlines"));
    deadlines.setRemoveOnCancelPolicy(true);
    deadlines.setKeepAliveTime(1, TimeUnit.SECONDS);
    deadlines.allowCoreThreadTimeOut(true);
  }

  /**
   * Serves until {@link #close}.
   *
   * @param handler called on the client's thread; may answer later, from any thread
   */
  public static ControlServer start(Acceptor acceptor, BiConsumer<Request, Responder> handler) {
    return start(acceptor, handler, TimeUnit.SECONDS.toMillis(10));
  }

  /**
   * @param patienceMillis how long a client may take to send its request, or to take a line
   */
  static ControlServer start(
      Acceptor acceptor, BiConsumer<Request, Responder> handler, long patienceMillis) {
    ControlServer server = new ControlServer(acceptor, handler, patienceMillis);
    daemon(server::acceptAll, "graceful-control").start();
    return server;
  }

  /** Ends the acceptor and all clients; those that wait for an answer get none. */
  @Override
  public void close() throws IOException {
    List<ControlClientSession> open;
    synchronized (sessions) {
      closed = true;
      open = new ArrayList<>(sessions);
    }
    deadlines.shutdownNow();
    open.forEach(ControlClientSession::close);
    acceptor.close();
  }

  private void acceptAll() {
    while (!isClosed()) {
      try {
        admit(acceptor.accept());
      } catch (IOException e) {
        if (!isClosed()) {
          LOG.warn("cannot accept an operator's connection: {}", e.getMessage());
          pause();
        }
      }
    }
  }

  private void admit(Connection connection) {
    ControlClientSession session =
        new ControlClientSession(connection, handler, deadlines, patienceMillis, this::forget);
    ControlClientSession outdated = null;
    boolean admitted;
    synchronized (sessions) {
      if (sessions.size() >= MOST_CLIENTS) {
        outdated = sessions.stream().filter(ControlClientSession::isIdle).findFirst().orElse(null);
        if (outdated != null) {
          sessions.remove(outdated);
        }
      }
      admitted = !closed && sessions.size() < MOST_CLIENTS;
      if (admitted) {
        sessions.add(session);
      }
    }
    if (outdated != null) {
      outdated.close();
    }
    if (!admitted) {
      LOG.warn("an operator's connection was refused: {} wait for answers already", MOST_CLIENTS);
      session.close();
      return;
    }
    try {
      daemon(session, "graceful-control-client").start();
    } catch (OutOfMemoryError e) {
      LOG.warn("no thread for an operator's connection: {}", e.getMessage());
      session.close();
    }
  }

  private void forget(ControlClientSession session) {
    synchronized (sessions) {
      sessions.remove(session);
    }
  }

  private boolean isClosed() {
    synchronized (sessions) {
      return closed;
    }
  }

  private static Thread daemon(Runnable task, String name) {
    Thread thread = new Thread(task, name);
    thread.setDaemon(true);
    return thread;
  }

  /** So that a failure that stays (no descriptors left) does not make this loop burn. */
  private static void pause() {
    try {
      TimeUnit.MILLISECONDS.sleep(PAUSE_AFTER_FAILURE_MILLIS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
