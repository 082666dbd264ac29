package dev.graceful.core;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;

/** Listeners: opened by the first bind of an address, granted to every later one. */
final class Listening {
  /** As errno(3) numbers it on Linux. */
  private static final int EADDRINUSE = 98;

  private static final int EADDRNOTAVAIL = 99;

  private static final int EMFILE = 24;

  private Listening() {}

  /** Opens what the operator named, where it is not open. */
  static void pin(Step step, List<Address> addresses) {
    for (Address address : addresses) {
      Optional<Listener> known = at(step, address);
      if (known.isPresent()) {
        step.listeners.put(known.get().id(), known.get().pinned(true));
        continue;
      }
      int id = step.fresh();
      step.listeners.put(id, new Listener(id, address, true, false));
      step.opening.put(id, List.of());
      step.emit(new Effect.Open(id, address, 0, 0));
    }
  }

  private static Optional<Listener> at(Step step, Address address) {
    return step.listeners.values().stream().filter(l -> l.address().matches(address)).findFirst();
  }

  static void listen(Step step, Generation generation, Event.Listen event) {
    Optional<Listener> known = at(step, event.address());
    if (known.isEmpty() && (step.stopping || generation.state().leaving())) {
      // no new listener for somebody who leaves
      step.emit(new Effect.Refuse(generation.number(), event.request(), EADDRNOTAVAIL));
      return;
    }
    if (generation.claims().size() >= Settings.MOST_LISTENERS) {
      step.warn(
          "g"
              + generation.number()
              + " may not listen on "
              + event.address()
              + ": it has "
              + Settings.MOST_LISTENERS
              + " listeners, the most that can be handed on");
      step.emit(new Effect.Refuse(generation.number(), event.request(), EMFILE));
      return;
    }
    if (known.isEmpty()) {
      int id = step.fresh();
      step.listeners.put(id, new Listener(id, event.address(), false, false));
      step.opening.put(id, List.of(event));
      // claimed from now on: if the worker ends before it is open, it is closed again
      step.update(generation, g -> g.claim(id));
      step.emit(new Effect.Open(id, event.address(), generation.number(), event.request()));
      return;
    }
    int id = known.get().id();
    if (generation.claims().contains(id)) {
      step.emit(new Effect.Refuse(generation.number(), event.request(), EADDRINUSE));
    } else if (step.opening.containsKey(id)) {
      List<Event.Listen> waiting = new ArrayList<>(step.opening.getOrDefault(id, List.of()));
      waiting.add(event);
      step.opening.put(id, waiting);
      step.update(generation, g -> g.claim(id));
    } else {
      grant(step, generation, known.get(), event.request());
    }
  }

  static void opened(Step step, int id) {
    List<Event.Listen> waiting = step.opening.remove(id);
    Listener listener = step.listeners.get(id);
    if (waiting == null || listener == null) {
      return;
    }
    for (Event.Listen event : waiting) {
      Generation generation = step.generation(event.generation());
      if (generation != null) {
        grant(step, generation, listener, event.request());
      }
    }
    closeUnclaimed(step);
  }

  static void refused(Step step, Event.Refused event) {
    Listener listener = step.listeners.remove(event.listener());
    List<Event.Listen> waiting = step.opening.remove(event.listener());
    step.wanted.remove(event.listener());
    if (listener == null || waiting == null) {
      return;
    }
    String problem = "it may not listen on " + listener.address() + ": " + event.reason();
    if (listener.pinned()) {
      Launches.cancel(step, problem + "; end what listens there, or correct --listen");
    }
    for (Event.Listen listen : waiting) {
      Generation generation = step.generation(listen.generation());
      if (generation != null) {
        step.update(
            generation, g -> g.unclaim(Set.of(event.listener())).trouble(problem, g.failure()));
        step.emit(new Effect.Refuse(generation.number(), listen.request(), event.errno()));
      }
    }
  }

  private static void grant(Step step, Generation generation, Listener listener, int request) {
    int id = listener.id();
    SeatRole role = role(generation);
    step.emit(new Effect.Grant(generation.number(), request, id, role));
    if (role == SeatRole.LAME) {
      step.update(generation, g -> g.unclaim(Set.of(id)));
      closeUnclaimed(step);
      return;
    }
    Generation claiming = step.update(generation, g -> g.claim(id));
    if (claiming.state() == GenerationState.SERVING) {
      serve(step, claiming, id);
    } else if (claiming.state() == GenerationState.STARTING) {
      claiming = step.become(claiming, GenerationState.BOUND);
    }
    Readiness.check(step, claiming);
  }

  private static SeatRole role(Generation generation) {
    return switch (generation.state()) {
      case STARTING, BOUND -> SeatRole.PRIVATE;
      case READY, SERVING -> SeatRole.SHARED;
      case DRAINING, STOPPING, EXITED -> SeatRole.LAME;
    };
  }

  /** A serving generation has a listener more. */
  private static void serve(Step step, Generation generation, int id) {
    step.wanted.add(id);
    step.cancel(TimerKey.Kind.LINGER, id);
    unquiet(step, id);
    Drains.lameOthers(step, generation);
    Listener listener = step.listeners.get(id);
    if (listener != null) {
      step.say(generation.name() + " listens on " + listener.address());
    }
  }

  static void unquiet(Step step, int id) {
    Listener listener = step.listeners.get(id);
    if (listener != null && listener.quiet() && !step.stopping) {
      step.listeners.put(id, listener.quiet(false));
      step.emit(new Effect.Unquiet(id));
    }
  }

  static void quiet(Step step, int id) {
    Listener listener = step.listeners.get(id);
    if (listener != null && !listener.quiet()) {
      step.listeners.put(id, listener.quiet(true));
      step.emit(new Effect.Quiet(id));
    }
  }

  static void unlisten(Step step, Generation generation, int id) {
    Generation left = step.update(generation, g -> g.unclaim(Set.of(id)).unseat(id));
    if (left.number() == step.serving && step.wanted.contains(id)) {
      // it may be on its way out, and be restarted: clients wait meanwhile
      step.timer(TimerKey.Kind.LINGER, id, Settings.LINGER);
    }
    closeUnclaimed(step);
    Drains.settle(step, left);
    if (left.probing()) {
      // the probe may be at the listener that is gone: another one asks those that are left
      step.emit(new Effect.CancelProbe(left.number()));
      Readiness.check(step, step.update(left, g -> g.readiness(g.held(), g.saidReady(), false)));
    }
  }

  /** A worker that comes back is told again what it may have missed. */
  static void connected(Step step, Generation generation) {
    if (generation.reseat() != 0) {
      SeatRole role = generation.state().leaving() ? SeatRole.LAME : SeatRole.SHARED;
      step.emit(
          new Effect.Reseat(
              generation.number(), generation.reseat(), role, generation.reseating()));
    }
  }

  /** Closes what nobody claims, nobody wants and nobody is about to get. */
  static void closeUnclaimed(Step step) {
    SortedSet<Integer> close = new TreeSet<>();
    for (Listener listener : step.listeners.values()) {
      int id = listener.id();
      if (!listener.pinned() && !step.wanted.contains(id) && !step.claimed(id)) {
        close.add(id);
      }
    }
    for (int id : close) {
      step.cancel(TimerKey.Kind.LINGER, id);
      if (!step.opening.containsKey(id)) {
        step.listeners.remove(id);
        step.emit(new Effect.Close(id));
      }
    }
  }
}
