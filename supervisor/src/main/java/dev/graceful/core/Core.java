package dev.graceful.core;

import java.util.List;
import java.util.Map;

/** The state machine. Every method is a pure function. */
public final class Core {
  /** What an event leads to. */
  public record Result(State state, List<Effect> effects) {
    public Result {
      effects = List.copyOf(effects);
    }
  }

  private Core() {}

  /**
   * Deals with one event.
   *
   * @param now milliseconds of a clock that never goes back
   */
  public static Result apply(State state, Event event, long now) {
    Step step = new Step(begin(state, event), now);
    if (!state.finished()) {
      dispatch(step, event);
      Stopping.finishWhenDone(step);
    }
    return new Result(step.state(), step.effects);
  }

  private static State begin(State state, Event event) {
    return event instanceof Event.Adopt e ? Adoption.begin(e.memory(), state.settings()) : state;
  }

  private static void dispatch(Step step, Event event) {
    if (event instanceof Event.Begin e) {
      Listening.pin(step, e.pinned());
      Launches.upgrade(step, Purpose.FIRST, List.of(), null);
    } else if (event instanceof Event.Adopt e) {
      Adoption.adopt(step, e);
    } else if (event instanceof Event.Asked e) {
      Commands.asked(step, e.action());
    } else if (event instanceof Event.Tick) {
      tick(step);
    } else if (event instanceof Event.Prepared e) {
      Launches.prepared(step, e.upgrade(), e.release());
    } else if (event instanceof Event.PrepareFailed e) {
      Launches.prepareFailed(step, e.upgrade(), e.reason());
    } else if (event instanceof Event.Opened e) {
      Listening.opened(step, e.listener());
    } else if (event instanceof Event.Refused e) {
      Listening.refused(step, e);
    } else if (event instanceof Event.QueueServed e) {
      Drains.queueServed(step, e.listener());
    } else {
      ofGeneration(step, event);
    }
  }

  private static void ofGeneration(Step step, Event event) {
    if (event instanceof Event.Exited e) {
      with(step, e.generation(), g -> Exits.exited(step, g, e));
    } else if (event instanceof Event.NotStarted e) {
      with(step, e.generation(), g -> Exits.notStarted(step, g, e.reason()));
    } else if (event instanceof Event.Connected e) {
      with(step, e.generation(), g -> Listening.connected(step, g));
    } else if (event instanceof Event.Listen e) {
      with(step, e.generation(), g -> Listening.listen(step, g, e));
    } else if (event instanceof Event.Unlisten e) {
      with(step, e.generation(), g -> Listening.unlisten(step, g, e.listener()));
    } else if (event instanceof Event.Held e) {
      with(step, e.generation(), g -> Readiness.held(step, g));
    } else if (event instanceof Event.SaidReady e) {
      with(step, e.generation(), g -> Readiness.saidReady(step, g));
    } else if (event instanceof Event.Exiting e) {
      with(step, e.generation(), g -> step.update(g, x -> x.told(true, x.hooks())));
    } else if (event instanceof Event.HooksKnown e) {
      with(step, e.generation(), g -> step.update(g, x -> x.told(x.exiting(), e.hooks())));
    } else if (event instanceof Event.HookDone e) {
      Commands.hookDone(step, e.generation(), e.id());
    } else if (event instanceof Event.ProbeOk e) {
      with(step, e.generation(), g -> Readiness.probeOk(step, g));
    } else if (event instanceof Event.ProbeProblem e) {
      with(step, e.generation(), g -> step.update(g, x -> x.trouble(e.problem(), x.failure())));
    } else if (event instanceof Event.Reseated e) {
      with(step, e.generation(), g -> reseated(step, g, e));
    } else if (event instanceof Event.Idle e) {
      with(step, e.generation(), g -> Drains.idle(step, g));
    } else {
      throw new IllegalArgumentException(event.toString());
    }
  }

  private interface Deed {
    void of(Generation generation);
  }

  /** Events of generations that have ended come late, and mean nothing any more. */
  private static void with(Step step, int number, Deed deed) {
    Generation generation = step.generation(number);
    if (generation != null) {
      deed.of(generation);
    }
  }

  private static void reseated(Step step, Generation generation, Event.Reseated event) {
    if (generation.reseat() != event.sequence()) {
      return;
    }
    Generation seated = step.update(generation, g -> g.reseat(0, Generation.NONE));
    if (seated.state() == GenerationState.READY) {
      Readiness.tookOver(step, seated, event.failed());
    } else {
      Drains.lamed(step, seated);
    }
  }

  private static void tick(Step step) {
    for (Map.Entry<TimerKey, Long> timer : List.copyOf(step.timers.entrySet())) {
      TimerKey key = timer.getKey();
      Long deadline = step.timers.get(key);
      if (deadline != null && deadline <= step.now) {
        step.timers.remove(key);
        due(step, key);
      }
    }
  }

  private static void due(Step step, TimerKey key) {
    switch (key.kind()) {
      case READY -> with(step, key.number(), g -> Readiness.tooLate(step, g));
      case TAKE_OVER ->
          with(step, key.number(), g -> Launches.fail(step, g, "it did not take its listeners"));
      case HAMMER -> with(step, key.number(), g -> Drains.hammerTime(step, g));
      case KILL -> with(step, key.number(), g -> Drains.kill(step, g));
      case HOOK -> Commands.hookTooSlow(step, key.number());
      case RESTART -> Exits.restart(step);
      case LINGER -> Drains.lingered(step, key.number());
    }
  }
}
