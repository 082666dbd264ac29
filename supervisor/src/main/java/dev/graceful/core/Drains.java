package dev.graceful.core;

import java.util.ArrayList;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;

/** The end of a generation: lame duck, idle, TERM, KILL; and the hammer. */
final class Drains {
  private Drains() {}

  /** Watches the listeners that were dropped: who drains serves them until nobody else will. */
  static void lingering(Step step, Generation serving) {
    for (int id : step.listeners.keySet()) {
      if (!serving.claims().contains(id)
          && drainingClaims(step, id)
          && !step.timed(TimerKey.Kind.LINGER, id)) {
        step.timer(TimerKey.Kind.LINGER, id, Settings.LINGER);
      }
    }
  }

  /** Starts the clock of a drain. */
  static Generation begin(Step step, Generation generation) {
    Generation draining = step.become(generation, GenerationState.DRAINING);
    long hammer = step.settings.hammerTime();
    if (hammer >= 0) {
      step.timer(TimerKey.Kind.HAMMER, draining.number(), hammer);
    }
    step.emit(new Effect.TellDrain(draining.number(), hammer));
    return draining;
  }

  /**
   * Lets whatever runs the application leave, since it must not run twice. Its listeners stay open:
   * clients wait in their queues.
   *
   * @return the generation whose end is to be waited for, or 0
   */
  static int makeRoom(Step step) {
    Generation serving = step.generation(step.serving);
    if (serving != null) {
      step.say(serving.name() + " leaves before another starts; clients wait");
      step.serving = 0;
      Generation draining = begin(step, serving);
      if (draining.claims().isEmpty()) {
        settle(step, draining);
      } else {
        lame(step, draining, draining.claims());
      }
      return draining.number();
    }
    Restart restart = step.restart;
    step.restart = null;
    step.cancel(TimerKey.Kind.RESTART, 0);
    Generation candidate = restart == null ? null : step.generation(restart.generation());
    if (candidate == null) {
      return step.generations.isEmpty() ? 0 : step.generations.lastKey();
    }
    Launches.fail(step, candidate, "a new release takes its place");
    return candidate.number();
  }

  /** Each that drains holds its memory: over the limit, the oldest has to end. */
  static void cap(Step step) {
    List<Generation> draining = new ArrayList<>();
    for (Generation generation : step.generations.values()) {
      if (generation.state() == GenerationState.DRAINING) {
        draining.add(generation);
      }
    }
    for (int i = 0; i < draining.size() - step.settings.maxDraining(); i++) {
      step.warn(
          draining.get(i).name()
              + " still has work, but more than "
              + step.settings.maxDraining()
              + " generations drain (--max-draining): it is told to end");
      terminate(step, draining.get(i), Settings.HAMMER_KILL);
    }
  }

  /** Takes every listener that {@code serving} claims from the draining generations. */
  static void lameOthers(Step step, Generation serving) {
    for (Generation other : List.copyOf(step.generations.values())) {
      if (other.state() == GenerationState.DRAINING && other.number() != serving.number()) {
        SortedSet<Integer> lame = new TreeSet<>(other.claims());
        lame.retainAll(serving.claims());
        lame(step, other, lame);
      }
    }
  }

  /** Takes these listeners from a generation that drains. */
  static void lame(Step step, Generation generation, SortedSet<Integer> listeners) {
    if (!listeners.isEmpty()) {
      int sequence = step.fresh();
      SortedSet<Integer> all = new TreeSet<>(generation.reseating());
      // what is closed already was told to the worker before, and is of no concern to anybody
      all.retainAll(step.listeners.keySet());
      all.addAll(listeners);
      step.update(generation, g -> g.unclaim(listeners).reseat(sequence, all));
      step.emit(new Effect.Reseat(generation.number(), sequence, SeatRole.LAME, all));
    }
    Generation current = step.generation(generation.number());
    if (current != null) {
      settle(step, current);
    }
  }

  static void lamed(Step step, Generation generation) {
    settle(step, generation);
  }

  /** A drain that accepts nothing any more only waits for its connections. */
  static void settle(Step step, Generation generation) {
    if (generation.state() == GenerationState.DRAINING
        && generation.claims().isEmpty()
        && generation.reseat() == 0
        && !runsHook(step, generation)) {
      pass(step, generation);
      step.emit(new Effect.WatchConnections(generation.number()));
    }
  }

  /** What is alive goes on with the one that serves now, whoever it was begun with. */
  private static void pass(Step step, Generation generation) {
    Generation serving = step.generation(step.serving);
    if (serving != null && generation.passingTo() != serving.number()) {
      step.update(generation, g -> g.passing(serving.number()));
      step.emit(new Effect.Pass(generation.number(), serving.number()));
    }
  }

  /** Another generation serves: who drains already passes its connections to that one. */
  static void settleAll(Step step) {
    for (Generation generation : List.copyOf(step.generations.values())) {
      settle(step, generation);
    }
  }

  private static boolean runsHook(Step step, Generation generation) {
    HookRun hook = step.hook;
    return hook != null && hook.generation() == generation.number();
  }

  static void idle(Step step, Generation generation) {
    if (generation.state() == GenerationState.DRAINING
        && generation.claims().isEmpty()
        && generation.reseat() == 0
        && !runsHook(step, generation)) {
      terminate(step, generation, step.settings.killAfter());
    }
  }

  /** A listener that the serving generation does not claim has been kept long enough. */
  static void lingered(Step step, int id) {
    Generation serving = step.generation(step.serving);
    if (serving != null && serving.claims().contains(id)) {
      return;
    }
    if (serving == null || serving.exiting()) {
      step.timer(TimerKey.Kind.LINGER, id, Settings.LINGER);
      return;
    }
    step.wanted.remove(id);
    Listener listener = step.listeners.get(id);
    if (listener != null && listener.pinned()) {
      // it stays open, and who waits in its queue waits for the next that claims it
      lameAll(step, id);
    } else if (drainingClaims(step, id)) {
      Listening.quiet(step, id);
    }
    Listening.closeUnclaimed(step);
  }

  /** Nobody waits in the accept queue of a quiet listener any more. */
  static void queueServed(Step step, int id) {
    Listener listener = step.listeners.get(id);
    if (listener == null || !listener.quiet()) {
      return;
    }
    lameAll(step, id);
    Listening.closeUnclaimed(step);
  }

  private static boolean drainingClaims(Step step, int id) {
    return step.generations.values().stream()
        .anyMatch(g -> g.state() == GenerationState.DRAINING && g.claims().contains(id));
  }

  private static void lameAll(Step step, int id) {
    for (Generation generation : List.copyOf(step.generations.values())) {
      if (generation.state() == GenerationState.DRAINING && generation.claims().contains(id)) {
        lame(step, generation, new TreeSet<>(List.of(id)));
      }
    }
  }

  static void hammerTime(Step step, Generation generation) {
    if (generation.state() == GenerationState.DRAINING) {
      step.warn(
          generation.name()
              + " still has work after its hammer time of "
              + Step.seconds(step.settings.hammerTime())
              + ": it is told to end");
      terminate(step, generation, step.settings.killAfter());
    }
  }

  /** Ends now whatever drains. */
  static void hammer(Step step, List<Long> requesters) {
    List<String> hit = new ArrayList<>();
    for (Generation generation : List.copyOf(step.generations.values())) {
      if (generation.state() == GenerationState.DRAINING) {
        terminate(step, generation, Settings.HAMMER_KILL);
        hit.add(generation.name());
      } else if (generation.state() == GenerationState.STOPPING) {
        step.timer(TimerKey.Kind.KILL, generation.number(), Settings.HAMMER_KILL);
        hit.add(generation.name());
      }
    }
    String line =
        hit.isEmpty()
            ? "nothing drains: the hammer has nothing to do"
            : "hammer: " + String.join(", ", hit);
    // who asked is answered first, and so does not hear it twice
    step.answer(requesters, 0, line);
    step.say(line);
  }

  /** Sends TERM, and KILL after {@code killAfter} milliseconds. */
  static void terminate(Step step, Generation generation, long killAfter) {
    Generation stopping = step.become(generation, GenerationState.STOPPING);
    step.cancel(TimerKey.Kind.HAMMER, stopping.number());
    step.timer(TimerKey.Kind.KILL, stopping.number(), killAfter);
    step.emit(new Effect.Terminate(stopping.number()));
  }

  static void kill(Step step, Generation generation) {
    if (generation.failure() == null) {
      step.warn(generation.name() + " does not end by TERM: it is killed");
    }
    step.emit(new Effect.Kill(generation.number()));
    step.timer(TimerKey.Kind.KILL, generation.number(), Settings.KILL_AGAIN);
  }
}
