package dev.graceful.core;

import java.util.List;
import java.util.Optional;

/** Processes that have ended, and the restart of one that should not have. */
final class Exits {
  private Exits() {}

  static void exited(Step step, Generation generation, Event.Exited event) {
    ended(step, generation, event, true);
  }

  static void notStarted(Step step, Generation generation, String reason) {
    String how = "could not be started (" + reason + ")";
    ended(step, generation, new Event.Exited(generation.number(), how, List.of()), false);
  }

  private static void ended(Step step, Generation generation, Event.Exited event, boolean crash) {
    int number = generation.number();
    step.become(generation, GenerationState.EXITED);
    step.generations.remove(number);
    for (TimerKey.Kind kind :
        new TimerKey.Kind[] {
          TimerKey.Kind.READY, TimerKey.Kind.TAKE_OVER, TimerKey.Kind.HAMMER, TimerKey.Kind.KILL
        }) {
      step.cancel(kind, number);
    }
    if (generation.probing()) {
      step.emit(new Effect.CancelProbe(number));
    }
    if (number == step.serving) {
      died(step, generation, event);
    } else if (generation.state().leaving() && generation.failure() == null) {
      step.say(
          generation.name()
              + " has ended ("
              + event.how()
              + ") "
              + Step.seconds(step.now - generation.since())
              + " after its start");
    }
    Restart restart = step.restart;
    if (restart != null && restart.generation() == number) {
      String reason = "restart failed: " + Launches.reason(generation, event);
      Optional<String> fallback = crash ? crashed(step, number) : Optional.empty();
      step.warn(reason + fallback.map(line -> "; " + line).orElse(""));
      pause(step);
    }
    Launches.exitedBeforeServing(step, generation, event);
    Launches.madeRoom(step, number);
    Commands.hookLost(step, number);
    Listening.closeUnclaimed(step);
  }

  private static void died(Step step, Generation generation, Event.Exited event) {
    step.serving = 0;
    String end =
        generation.name()
            + " "
            + event.how()
            + " on its own after serving "
            + Step.seconds(step.now - generation.servingSince());
    for (int id : step.wanted) {
      step.cancel(TimerKey.Kind.LINGER, id);
    }
    if (step.stopping) {
      step.warn(end);
      step.wanted.clear();
      return;
    }
    if (step.now - generation.servingSince() >= Settings.STABLE) {
      step.quickDeaths = 0;
    }
    Optional<String> fallback = crashed(step, generation.number());
    step.warn(end + "; " + fallback.orElse("it is started again") + ", clients wait");
    pause(step);
  }

  /**
   * One crash more of the release that serves, or should. If they come too often, the last good one
   * is what is started again.
   *
   * @return what was done, if it was
   */
  private static Optional<String> crashed(Step step, int generation) {
    int most = step.settings.crashes();
    String bad = step.release;
    if (step.stopping || bad == null || most == 0) {
      return Optional.empty();
    }
    step.history = step.history.crash(step.now, step.settings.crashWindow());
    Optional<Good> last = step.history.last();
    int crashes = step.history.crashes().size();
    if (crashes < most || last.isEmpty()) {
      return Optional.empty();
    }
    Good good = last.get();
    long span = step.now - step.history.crashes().get(0);
    String line =
        "release "
            + bad
            + " crashed "
            + (crashes == 1 ? "" : crashes + " times in " + Step.seconds(span) + " ")
            + "after it took over and is rolled back to release "
            + good.release()
            + ", the last good one";
    step.lastReload = new Verdict("failed", generation, span, line);
    step.emit(new Effect.Judge(bad, false));
    step.history = step.history.without(good.release()).calm();
    step.release = good.release();
    if (!good.addresses().isEmpty()) {
      step.wanted.clear();
      step.wanted.addAll(step.listenersOn(good.addresses()));
    }
    step.quickDeaths = 0;
    return Optional.of(line);
  }

  /** Nothing serves, because what was to serve has failed: what served before is started again. */
  static void startAgain(Step step) {
    if (step.serving == 0 && step.restart == null && step.release != null && !step.stopping) {
      step.quickDeaths = 0;
      pause(step);
    }
  }

  /** Waits before the next attempt: not at all, then 1, 2, 4 ... seconds. */
  private static void pause(Step step) {
    if (step.stopping) {
      step.restart = null;
      return;
    }
    int before = step.quickDeaths++;
    long pause = before == 0 ? 0 : Math.min(Settings.MAX_PAUSE, 1_000L << Math.min(before - 1, 10));
    step.restart = new Restart(0);
    step.timer(TimerKey.Kind.RESTART, 0, pause);
    if (pause > 0) {
      step.say("the next attempt is in " + Step.seconds(pause));
    }
  }

  /** The pause is over. */
  static void restart(Step step) {
    Restart restart = step.restart;
    String release = step.release;
    if (restart == null || restart.generation() != 0 || release == null || step.stopping) {
      return;
    }
    if (!step.settings.overlap() && !step.generations.isEmpty()) {
      // after an adoption one may still drain that must not meet another
      step.timer(TimerKey.Kind.RESTART, 0, Settings.LOOK_AGAIN);
      return;
    }
    Generation generation = step.launch(Purpose.RESTART, release);
    step.restart = new Restart(generation.number());
  }
}
