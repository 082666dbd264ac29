package dev.graceful.supervisor;

import dev.graceful.config.RunOptions;
import dev.graceful.core.Address;
import dev.graceful.core.Effect;
import dev.graceful.core.Event;
import dev.graceful.core.Generation;
import dev.graceful.core.SeatRole;
import dev.graceful.health.Probe;
import dev.graceful.health.Target;
import dev.graceful.listener.Listeners;
import dev.graceful.listener.PrivateListener;
import dev.graceful.wire.Errno;
import dev.graceful.wire.ErrnoException;
import dev.graceful.wire.HookPhase;
import dev.graceful.wire.HookSignal;
import dev.graceful.wire.LibC;
import dev.graceful.wire.Message;
import dev.graceful.wire.Role;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedSet;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Carries out the effects that concern listeners, seats and what workers are told. */
final class Actor implements Loop.Deeds {
  private static final Logger LOG = LoggerFactory.getLogger("graceful");

  private final Loop loop;
  private final RunOptions options;
  private final Listeners listeners;
  private final Workers workers;
  private final Watches watches;
  private final Releases releases;
  private final Desk desk;
  private final Map<Integer, Probe> probes = new HashMap<>();
  private int exitCode;

  Actor(
      Loop loop,
      RunOptions options,
      Listeners listeners,
      Workers workers,
      Watches watches,
      Releases releases,
      Desk desk) {
    this.loop = loop;
    this.options = options;
    this.listeners = listeners;
    this.workers = workers;
    this.watches = watches;
    this.releases = releases;
    this.desk = desk;
  }

  int exitCode() {
    return exitCode;
  }

  @Override
  public void carryOut(Effect effect) {
    if (effect instanceof Effect.Prepare e) {
      releases.prepare(e.upgrade(), e.source());
    } else if (effect instanceof Effect.Recall e) {
      releases.recall(e.upgrade(), e.release());
    } else if (effect instanceof Effect.Judge e) {
      releases.judge(e.release(), e.good());
    } else if (effect instanceof Effect.Spawn e) {
      if (e.generation() == 1) {
        Banner.say(options);
      }
      releases
          .find(e.release())
          .ifPresentOrElse(
              release -> workers.spawn(e.generation(), release),
              () ->
                  loop.feed(
                      new Event.NotStarted(
                          e.generation(), "release " + e.release() + " is not kept any more")));
    } else if (effect instanceof Effect.Probe e) {
      probe(e.generation(), e.listeners());
    } else if (effect instanceof Effect.CancelProbe e) {
      cancelProbe(e.generation());
    } else if (effect instanceof Effect.NowServing e) {
      nowServing(e.generation());
    } else if (effect instanceof Effect.TellDrain e) {
      workers.send(e.generation(), new Message.Drain(e.millis()));
    } else if (effect instanceof Effect.WatchConnections e) {
      workers.watchConnections(e.generation(), watches);
    } else if (effect instanceof Effect.Terminate e) {
      workers.terminate(e.generation());
    } else if (effect instanceof Effect.Kill e) {
      workers.kill(e.generation());
    } else if (effect instanceof Effect.RunHook e) {
      HookPhase phase = e.after() ? HookPhase.AFTER : HookPhase.BEFORE;
      HookSignal signal = HookSignal.valueOf(e.signal().name());
      workers.send(e.generation(), new Message.Hook(e.id(), phase, signal));
    } else if (effect instanceof Effect.Answer e) {
      desk.answer(e.requester(), e.exitCode(), e.message());
    } else if (effect instanceof Effect.Say e) {
      say(e);
    } else if (effect instanceof Effect.Finish e) {
      exitCode = e.exitCode();
    } else {
      ofListeners(effect);
    }
  }

  @Override
  public void stepped() {
    desk.settle();
  }

  private void ofListeners(Effect effect) {
    if (effect instanceof Effect.Open e) {
      open(e);
    } else if (effect instanceof Effect.Grant e) {
      grant(e);
    } else if (effect instanceof Effect.Refuse e) {
      Worker.Request request = workers.takeRequest(e.generation(), e.request());
      if (request != null) {
        LibC.close(request.socket());
      }
      workers.send(e.generation(), new Message.Refused(e.request(), e.errno()));
    } else if (effect instanceof Effect.Reseat e) {
      reseat(e);
    } else if (effect instanceof Effect.Pass e) {
      pass(e.from(), e.to());
    } else if (effect instanceof Effect.Quiet e) {
      quiet(e.listener());
    } else if (effect instanceof Effect.Unquiet e) {
      watches.forgetQueue(e.listener());
      attempt("let new connections in again", () -> listeners.unquiet(e.listener()));
    } else if (effect instanceof Effect.Close e) {
      watches.forgetQueue(e.listener());
      listeners.close(e.listener());
    } else {
      throw new IllegalArgumentException(effect.toString());
    }
  }

  private void say(Effect.Say say) {
    if (say.warning()) {
      LOG.warn(say.line());
    } else {
      LOG.info(say.line());
    }
    desk.progress(say.line());
  }

  private void open(Effect.Open open) {
    Worker.Request request = workers.request(open.generation(), open.request());
    try {
      InetSocketAddress address = resolve(open.address());
      if (request == null) {
        listeners.open(open.listener(), address);
      } else {
        // the socket is the listener's from now on; the request stays for the grant
        workers.surrenderSocket(open.generation(), open.request());
        listeners.open(open.listener(), address, request.socket());
      }
      loop.feed(new Event.Opened(open.listener()));
    } catch (IOException e) {
      int errno = e instanceof ErrnoException failed ? failed.errno() : Errno.EINVAL;
      String reason = e instanceof ErrnoException ? Errno.message(errno) : "" + e.getMessage();
      loop.feed(new Event.Refused(open.listener(), errno, reason));
    }
  }

  private static InetSocketAddress resolve(Address address) throws UnknownHostException {
    // numeric: nothing is looked up
    return new InetSocketAddress(java.net.InetAddress.getByName(address.host()), address.port());
  }

  private void grant(Effect.Grant grant) {
    Worker worker = workers.get(grant.generation());
    Worker.Request request = workers.takeRequest(grant.generation(), grant.request());
    if (request != null && request.socket() >= 0) {
      LibC.close(request.socket());
    }
    if (worker == null) {
      return;
    }
    int id = grant.listener();
    worker.ports().add(listeners.address(id).getPort());
    try {
      int descriptor = descriptor(worker, id, grant.role());
      Role role = Role.valueOf(grant.role().name());
      InetSocketAddress address = listeners.address(id);
      worker.send(new Message.Listener(grant.request(), id, address, role), descriptor);
    } catch (IOException e) {
      int errno = e instanceof ErrnoException failed ? failed.errno() : Errno.EINVAL;
      LOG.warn("g{} gets no listener for {}: {}", grant.generation(), id, e.getMessage());
      worker.send(new Message.Refused(grant.request(), errno));
      loop.feed(new Event.Unlisten(grant.generation(), id));
    }
  }

  private int descriptor(Worker worker, int id, SeatRole role) throws IOException {
    return switch (role) {
      case PRIVATE -> {
        PrivateListener listener = listeners.openPrivate(id);
        worker.privateListener(id, listener);
        yield listener.descriptor();
      }
      case SHARED -> listeners.descriptor(id);
      case LAME -> listeners.lame(id);
    };
  }

  private void reseat(Effect.Reseat reseat) {
    Worker worker = workers.get(reseat.generation());
    if (worker == null) {
      return;
    }
    List<Integer> ids = new ArrayList<>();
    List<Integer> descriptors = new ArrayList<>();
    for (int id : reseat.listeners()) {
      try {
        descriptors.add(descriptor(worker, id, reseat.role()));
        ids.add(id);
        if (reseat.role() == SeatRole.SHARED) {
          listeners.backlog(id, worker.backlog(id));
        }
      } catch (IOException | IllegalStateException e) {
        LOG.warn("g{} gets no listener {}: {}", reseat.generation(), id, e.getMessage());
      }
    }
    worker.send(
        new Message.Reseat(reseat.sequence(), Role.valueOf(reseat.role().name()), ids),
        descriptors.stream().mapToInt(Integer::intValue).toArray());
  }

  /** Gives two workers a socket pair, over which live connections pass. */
  private void pass(int from, int to) {
    Worker old = workers.get(from);
    Worker successor = workers.get(to);
    Generation serving = loop.state().generations().get(to);
    if (!options.moveConnections() || old == null || successor == null || serving == null) {
      return;
    }
    try {
      int[] ends = LibC.socketpair(LibC.SOCK_SEQPACKET);
      try {
        successor.send(new Message.Take(), ends[1]);
        old.send(new Message.Pass(List.copyOf(serving.claims())), ends[0]);
      } finally {
        LibC.close(ends[0]);
        LibC.close(ends[1]);
      }
    } catch (IOException e) {
      LOG.warn("connections of g{} stay with it: {}", from, e.getMessage());
    }
  }

  private void quiet(int id) {
    attempt("turn new connections away", () -> listeners.quiet(id));
    watches.queue(id, listeners.address(id).getPort(), () -> listeners.acceptQueue(id));
  }

  private interface Attempt {
    void run() throws IOException;
  }

  private static void attempt(String what, Attempt attempt) {
    try {
      attempt.run();
    } catch (IOException e) {
      LOG.warn("cannot {}: {}", what, e.getMessage());
    }
  }

  /** The seats are on the shared listeners: the worker gives its private ones up. */
  void tookOver(int generation, Set<Integer> seats) {
    Worker worker = workers.get(generation);
    if (worker != null) {
      worker.closePrivates(seats);
    }
  }

  /** The application's own wish counts as soon as its seat is the shared one. */
  void backlog(Worker worker, int id, int backlog) {
    worker.backlog(id, backlog);
    if (loop.state().serving() == worker.generation()) {
      attempt("change a backlog", () -> listeners.backlog(id, backlog));
    }
  }

  private void nowServing(int generation) {
    Worker worker = workers.get(generation);
    if (worker == null) {
      return;
    }
    worker.send(new Message.Serving());
    worker.send(new Message.Streams(), 1, 2);
    workers.printsDirectly(worker);
    workers.serves(generation);
    releases.prune();
  }

  private void probe(int generation, SortedSet<Integer> ids) {
    cancelProbe(generation);
    Worker worker = workers.get(generation);
    if (worker == null) {
      return;
    }
    List<Target> targets = new ArrayList<>();
    for (int id : ids) {
      PrivateListener listener = worker.privateListener(id);
      if (listener != null) {
        InetSocketAddress address = listeners.address(id);
        String text =
            new Address(address.getAddress().getHostAddress(), address.getPort()).toString();
        targets.add(new Target(address.getPort(), text, listener.address(), listener::acceptQueue));
      }
    }
    Probe.Plan plan = new Probe.Plan(options.health(), options.warmup(), options.warmupRequests());
    probes.put(generation, Probe.start(targets, plan, reporter(generation)));
  }

  private Probe.Listener reporter(int generation) {
    return new Probe.Listener() {
      private @Nullable String last;

      @Override
      public void ok() {
        loop.post(new Event.ProbeOk(generation));
      }

      @Override
      public void problem(String what) {
        if (!what.equals(last)) {
          last = what;
          loop.post(new Event.ProbeProblem(generation, what));
        }
      }

      @Override
      public void progress(String line) {
        loop.post(() -> say(new Effect.Say(false, "g" + generation + " " + line)));
      }
    };
  }

  private void cancelProbe(int generation) {
    Probe probe = probes.remove(generation);
    if (probe != null) {
      probe.cancel();
    }
  }
}
