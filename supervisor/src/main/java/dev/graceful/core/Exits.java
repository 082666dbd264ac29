package dev.graceful.core;

/** Processes that have ended, and the restart of one that should not have. */
final class Exits {
  private Exits() {}

  static void exited(Step step, Generation generation, Event.Exited event) {
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
      step.warn("restart failed: " + Launches.reason(generation, event));
      pause(step);
    }
    Launches.exitedBeforeServing(step, generation, event);
    Launches.madeRoom(step, number);
    Commands.hookLost(step, number);
    Listening.closeUnclaimed(step);
  }

  private static void died(Step step, Generation generation, Event.Exited event) {
    step.serving = 0;
    String served = Step.seconds(step.now - generation.servingSince());
    step.warn(
        generation.name()
            + " "
            + event.how()
            + " on its own after serving "
            + served
            + (step.stopping ? "" : "; it is started again, clients wait"));
    for (int id : step.wanted) {
      step.cancel(TimerKey.Kind.LINGER, id);
    }
    if (step.stopping) {
      step.wanted.clear();
      return;
    }
    if (step.now - generation.servingSince() >= Settings.STABLE) {
      step.quickDeaths = 0;
    }
    pause(step);
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
