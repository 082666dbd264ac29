package dev.graceful.supervisor;

import dev.graceful.core.Address;
import dev.graceful.core.Event;
import dev.graceful.wire.Message;
import dev.graceful.wire.WireSocket;
import java.net.InetSocketAddress;
import java.util.HashSet;
import java.util.Set;
import java.util.TreeSet;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What workers say, as events of the core. The loop's thread only. */
final class Inbound implements Links.Receiver {
  private static final Logger LOG = LoggerFactory.getLogger(Inbound.class);

  private final Loop loop;
  private final Workers workers;
  private final Actor actor;

  Inbound(Loop loop, Workers workers, Actor actor) {
    this.loop = loop;
    this.workers = workers;
    this.actor = actor;
  }

  @Override
  public boolean welcome(Message.Hello hello, int pid, WireSocket socket) {
    if (!workers.link(hello, pid, socket)) {
      return false;
    }
    loop.feed(new Event.Connected(hello.generation()));
    return true;
  }

  @Override
  public void lost(int generation, WireSocket socket) {
    // its process is what counts: it comes again, or its end is told by the system
    LOG.debug("g{} has closed its connection", generation);
  }

  @Override
  public void received(int generation, WireSocket.Received received, WireSocket socket) {
    Worker worker = workers.get(generation);
    if (worker == null || !worker.linkedBy(socket)) {
      received.discard();
      return;
    }
    Message message = received.message();
    if (message instanceof Message.Listen listen && received.descriptors().length == 1) {
      worker.request(
          listen.request(), new Worker.Request(received.descriptors()[0], listen.backlog()));
      loop.feed(new Event.Listen(generation, listen.request(), address(listen.address())));
      return;
    }
    received.discard();
    if (message instanceof Message.Unlisten m) {
      worker.closePrivates(Set.of(m.listener()));
      loop.feed(new Event.Unlisten(generation, m.listener()));
    } else if (message instanceof Message.Backlog m) {
      actor.backlog(worker, m.listener(), m.backlog());
    } else if (message instanceof Message.Reseated m) {
      reseated(worker, m);
    } else if (message instanceof Message.Hold) {
      loop.feed(new Event.Held(generation));
    } else if (message instanceof Message.Ready) {
      loop.feed(new Event.SaidReady(generation));
    } else if (message instanceof Message.Hooks m) {
      loop.feed(new Event.HooksKnown(generation, m.mask()));
    } else if (message instanceof Message.HookDone m) {
      loop.feed(new Event.HookDone(generation, m.id()));
    } else if (message instanceof Message.Exiting) {
      loop.feed(new Event.Exiting(generation));
    } else {
      LOG.debug("g{} said {}: ignored", generation, message);
    }
  }

  private void reseated(Worker worker, Message.Reseated message) {
    int generation = worker.generation();
    loop.feed(new Event.Reseated(generation, message.sequence(), new HashSet<>(message.failed())));
    if (loop.state().serving() == generation) {
      actor.tookOver(generation, new TreeSet<>(worker.privateIds()));
    }
  }

  static Address address(InetSocketAddress address) {
    String host = address.getAddress().getHostAddress();
    return new Address(
        address.getAddress().isAnyLocalAddress() && address.getAddress().getAddress().length == 16
            ? "::"
            : host,
        address.getPort());
  }
}
