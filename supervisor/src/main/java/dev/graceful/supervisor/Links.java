package dev.graceful.supervisor;

import dev.graceful.posix.UnixServer;
import dev.graceful.wire.Codec;
import dev.graceful.wire.LibC;
import dev.graceful.wire.Message;
import dev.graceful.wire.WireSocket;
import java.io.Closeable;
import java.io.EOFException;
import java.io.IOException;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The connections of workers. A thread accepts, and each connection has a thread that reads; both
 * only post to the loop, or to what is there before it.
 */
final class Links implements Closeable {
  private static final Logger LOG = LoggerFactory.getLogger(Links.class);
  private static final int HELLO_MILLIS = 5_000;
  private static final int SEND_MILLIS = 2_000;
  private static final int MAX_STRANGERS = 16;

  /** Called on the loop's thread, or before the loop runs on the one that will be its. */
  interface Receiver {
    /** Whether generation {@code hello.generation()} runs as process {@code pid}. */
    boolean welcome(Message.Hello hello, int pid, WireSocket socket);

    /** Takes over the descriptors. */
    void received(int generation, WireSocket.Received received, WireSocket socket);

    void lost(int generation, WireSocket socket);
  }

  private final UnixServer server;
  private final Consumer<Runnable> queue;
  private final Receiver receiver;
  private int strangers;

  private Links(UnixServer server, Consumer<Runnable> queue, Receiver receiver) {
    this.server = server;
    this.queue = queue;
    this.receiver = receiver;
  }

  /**
   * @param queue has work done by the receiver's thread, in order
   */
  static Links start(UnixServer server, Consumer<Runnable> queue, Receiver receiver) {
    Links links = new Links(server, queue, receiver);
    Threads.start("worker-links", links::acceptAll);
    return links;
  }

  private void acceptAll() {
    while (true) {
      try {
        UnixServer.Peer peer = server.accept();
        if (!admit()) {
          LOG.warn("too many connections that say nothing: one of process {} refused", peer.pid());
          LibC.close(peer.fd());
          continue;
        }
        attend(peer);
      } catch (EOFException e) {
        return;
      } catch (IOException e) {
        LOG.warn("a worker's connection could not be accepted: {}", e.getMessage());
        Threads.pause(100);
      }
    }
  }

  private void attend(UnixServer.Peer peer) throws IOException {
    try {
      Threads.start("link-" + peer.pid(), () -> serve(peer));
    } catch (IllegalStateException e) {
      known();
      LibC.close(peer.fd());
      throw new IOException(e.getMessage(), e);
    }
  }

  private synchronized boolean admit() {
    if (strangers >= MAX_STRANGERS) {
      return false;
    }
    strangers++;
    return true;
  }

  private synchronized void known() {
    strangers--;
  }

  private void serve(UnixServer.Peer peer) {
    WireSocket socket = new WireSocket(peer.fd());
    boolean stranger = true;
    try {
      socket.receiveTimeout(HELLO_MILLIS);
      socket.sendTimeout(SEND_MILLIS);
      WireSocket.Received first = socket.receive();
      first.discard();
      if (!(first.message() instanceof Message.Hello hello)) {
        throw new IOException("it began with " + first.message());
      }
      known();
      stranger = false;
      socket.receiveTimeout(0);
      queue.accept(() -> greet(hello, peer.pid(), socket));
      readAll(hello.generation(), socket);
    } catch (IOException e) {
      if (stranger) {
        LOG.warn("process {} is no worker: {}; refused", peer.pid(), e.getMessage());
      }
      socket.close();
    } finally {
      if (stranger) {
        known();
      }
    }
  }

  private void greet(Message.Hello hello, int pid, WireSocket socket) {
    if (!receiver.welcome(hello, pid, socket)) {
      LOG.warn("process {} is not the worker of g{}: refused", pid, hello.generation());
      socket.close();
    }
  }

  private void readAll(int generation, WireSocket socket) {
    try {
      while (true) {
        WireSocket.Received received = socket.receive();
        queue.accept(() -> receiver.received(generation, received, socket));
      }
    } catch (EOFException e) {
      // it has ended, or comes again
    } catch (IOException e) {
      LOG.warn(
          "what g{} said is no message: {}; its connection is closed", generation, e.getMessage());
    }
    socket.close();
    queue.accept(() -> receiver.lost(generation, socket));
  }

  /** The answer to a HELLO. */
  static Message welcome(int generation) {
    return new Message.Welcome(Codec.VERSION, generation);
  }

  @Override
  public void close() {
    server.close();
  }
}
