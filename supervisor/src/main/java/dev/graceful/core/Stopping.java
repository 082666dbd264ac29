package dev.graceful.core;

import java.util.List;

/** The end of the supervisor. */
final class Stopping {
  private Stopping() {}

  /** No new connections, what is in flight finishes; asked a second time, the hammer falls. */
  static void stop(Step step, long requester) {
    step.stoppers.add(requester);
    if (step.stopping) {
      Drains.hammer(step, List.of());
      return;
    }
    step.stopping = true;
    step.say("stopping: no new connections, what is in flight finishes");
    begin(step);
  }

  private static void begin(Step step) {
    step.restart = null;
    step.cancel(TimerKey.Kind.RESTART, 0);
    Pending pending = step.pending;
    if (pending != null) {
      step.pending = null;
      step.answer(pending.requesters(), 1, "no reload: the supervisor is stopping");
    }
    Launches.cancel(step, "the supervisor is stopping");
    for (int id : List.copyOf(step.listeners.keySet())) {
      step.cancel(TimerKey.Kind.LINGER, id);
      Listening.quiet(step, id);
    }
    Generation serving = step.generation(step.serving);
    step.serving = 0;
    step.wanted.clear();
    Listening.closeUnclaimed(step);
    if (serving != null) {
      // its seats stay on the quiet listeners until their queues are served
      Drains.settle(step, Drains.begin(step, serving));
    }
  }

  /** The application could never be started. */
  static void giveUp(Step step) {
    step.stopping = true;
    // that it never served is a failure, even where the application thinks otherwise
    step.failure = step.failure > 0 ? step.failure : 1;
    begin(step);
  }

  static void finishWhenDone(Step step) {
    if (!step.stopping || !step.generations.isEmpty() || !step.opening.isEmpty()) {
      return;
    }
    Upgrade upgrade = step.upgrade;
    if (upgrade != null && upgrade.generation() == 0) {
      // its release is still being made: the answer comes, and nothing else
      step.answer(upgrade.requesters(), 1, "no reload: the supervisor is stopping");
      step.upgrade = null;
    }
    for (int id : List.copyOf(step.listeners.keySet())) {
      step.listeners.remove(id);
      step.emit(new Effect.Close(id));
    }
    step.timers.clear();
    step.finished = true;
    if (step.failure == 0) {
      step.say("stopped");
    }
    step.answer(step.stoppers, 0, "stopped");
    step.emit(new Effect.Finish(step.failure));
  }
}
