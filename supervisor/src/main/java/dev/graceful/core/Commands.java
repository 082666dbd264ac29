package dev.graceful.core;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Signals and commands, one at a time, with the hooks before and after each. */
final class Commands {
  private Commands() {}

  static void asked(Step step, Action action) {
    step.actions.add(action);
    pump(step);
  }

  /** Goes on with what was asked for, until a hook has to be waited for. */
  private static void pump(Step step) {
    while (step.hook == null && !step.actions.isEmpty()) {
      Action action = step.actions.remove();
      if (!runHook(step, action, false, step.serving)) {
        perform(step, action, step.serving);
      }
    }
  }

  private static boolean runHook(Step step, Action action, boolean after, int worker) {
    Generation generation = step.generation(worker);
    if (generation == null || (generation.hooks() & action.signal().bit(after)) == 0) {
      return false;
    }
    int id = step.fresh();
    step.hook = new HookRun(id, worker, action, after);
    step.timer(TimerKey.Kind.HOOK, id, Settings.HOOK);
    step.emit(new Effect.RunHook(worker, id, after, action.signal()));
    return true;
  }

  /** Acts, and then lets {@code worker}, which served when this was asked for, run its hooks. */
  private static void perform(Step step, Action action, int worker) {
    switch (action.signal()) {
      case HUP -> reload(step, action);
      case TERM, INT -> Stopping.stop(step, action.requester());
      case USR2 -> Drains.hammer(step, List.of(action.requester()));
      case USR1, TSTP -> step.answer(List.of(action.requester()), 0, "done");
    }
    runHook(step, action, true, worker);
  }

  static void hookDone(Step step, int generation, int id) {
    HookRun hook = step.hook;
    if (hook != null && hook.id() == id && hook.generation() == generation) {
      proceed(step, hook);
    }
  }

  static void hookTooSlow(Step step, int id) {
    HookRun hook = step.hook;
    if (hook != null && hook.id() == id) {
      step.warn(
          "a hook of g"
              + hook.generation()
              + (hook.after() ? " after " : " before ")
              + hook.action().signal()
              + " takes longer than "
              + Step.seconds(Settings.HOOK)
              + ": going on without it");
      proceed(step, hook);
    }
  }

  /** The worker that runs a hook has ended. */
  static void hookLost(Step step, int generation) {
    HookRun hook = step.hook;
    if (hook != null && hook.generation() == generation) {
      proceed(step, hook);
    }
  }

  private static void proceed(Step step, HookRun hook) {
    step.hook = null;
    step.cancel(TimerKey.Kind.HOOK, hook.id());
    if (!hook.after()) {
      perform(step, hook.action(), hook.generation());
    }
    Generation worker = step.generation(hook.generation());
    if (worker != null) {
      Drains.settle(step, worker);
    }
    pump(step);
  }

  private static void reload(Step step, Action action) {
    List<Long> requesters = List.of(action.requester());
    if (step.stopping) {
      step.answer(requesters, 1, "no reload: the supervisor is stopping");
    } else if (action.rollback()) {
      rollback(step, requesters);
    } else if (step.upgrade != null) {
      step.pending = join(step.pending, action);
      step.say("an upgrade is under way: one more will follow it");
    } else {
      Launches.upgrade(step, purpose(step), requesters, action.source());
    }
  }

  /** Never remembered: what it would go back to would be another release by then. */
  private static void rollback(Step step, List<Long> requesters) {
    Optional<Good> last = step.history.last();
    if (step.upgrade != null) {
      step.answer(
          requesters, 1, "no rollback: an upgrade is under way; wait for its verdict, or stop");
    } else if (last.isEmpty()) {
      step.answer(
          requesters,
          1,
          "no rollback: no other release has served here; reload with another jar instead");
    } else {
      Launches.rollback(step, last.get(), requesters);
    }
  }

  private static Purpose purpose(Step step) {
    return step.release == null ? Purpose.FIRST : Purpose.UPGRADE;
  }

  private static Pending join(@Nullable Pending pending, Action action) {
    if (pending == null) {
      return new Pending(List.of(action.requester()), action.source());
    }
    List<Long> requesters = new ArrayList<>(pending.requesters());
    requesters.add(action.requester());
    return new Pending(requesters, action.source() != null ? action.source() : pending.source());
  }

  /** Begins the upgrade that was remembered. */
  static void pending(Step step) {
    Pending pending = step.pending;
    step.pending = null;
    if (pending == null) {
      return;
    }
    if (step.stopping) {
      step.answer(pending.requesters(), 1, "no reload: the supervisor is stopping");
    } else {
      Launches.upgrade(step, purpose(step), pending.requesters(), pending.source());
    }
  }
}
