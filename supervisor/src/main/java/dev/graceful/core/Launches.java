package dev.graceful.core;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** Upgrades from the request to the verdict. */
final class Launches {
  private Launches() {}

  static void upgrade(Step step, Purpose purpose, List<Long> requesters, @Nullable String source) {
    int id = step.fresh();
    step.upgrade = new Upgrade(id, purpose, 0, 0, source, null, false, step.now, requesters, null);
    step.emit(new Effect.Prepare(id, source));
  }

  /** Goes back to a release that was good, by the same way that led forth. */
  static void rollback(Step step, Good target, List<Long> requesters) {
    int id = step.fresh();
    String release = target.release();
    step.upgrade =
        new Upgrade(id, Purpose.UPGRADE, 0, 0, null, release, true, step.now, requesters, null);
    step.emit(new Effect.Recall(id, release));
  }

  static void prepared(Step step, int id, String release) {
    Upgrade upgrade = step.upgrade;
    if (upgrade == null || upgrade.id() != id) {
      return;
    }
    if (upgrade.cancelled() != null) {
      failed(step, upgrade, upgrade.cancelled());
      return;
    }
    launchWhenAlone(step, upgrade, release);
  }

  private static void launchWhenAlone(Step step, Upgrade upgrade, String release) {
    int leaving = step.settings.overlap() ? 0 : Drains.makeRoom(step);
    if (leaving != 0) {
      step.upgrade = upgrade.after(leaving, release);
    } else {
      launch(step, upgrade, release);
    }
  }

  /** The one that had to leave before another may start has left. */
  static void madeRoom(Step step, int number) {
    Upgrade upgrade = step.upgrade;
    if (upgrade == null || upgrade.leaving() != number) {
      return;
    }
    String release = upgrade.release();
    if (upgrade.cancelled() != null || release == null) {
      failed(step, upgrade, String.valueOf(upgrade.cancelled()));
    } else {
      launchWhenAlone(step, upgrade, release);
    }
  }

  private static void launch(Step step, Upgrade upgrade, String release) {
    Generation generation = step.launch(upgrade.purpose(), release);
    step.upgrade = upgrade.generation(generation.number());
    if (upgrade.purpose() == Purpose.UPGRADE) {
      step.say(generation.name() + " starts (release " + release + ")");
    }
  }

  static void prepareFailed(Step step, int id, String reason) {
    Upgrade upgrade = step.upgrade;
    if (upgrade != null && upgrade.id() == id) {
      failed(step, upgrade, upgrade.cancelled() != null ? upgrade.cancelled() : reason);
    }
  }

  /** Gives a candidate up; the verdict is said when its process has ended. */
  static void fail(Step step, Generation generation, String reason) {
    if (!generation.state().candidate()) {
      return;
    }
    Generation failed = step.update(generation, g -> g.trouble(g.problem(), reason));
    step.cancel(TimerKey.Kind.READY, failed.number());
    step.cancel(TimerKey.Kind.TAKE_OVER, failed.number());
    step.emit(new Effect.CancelProbe(failed.number()));
    Drains.terminate(step, failed, Settings.HAMMER_KILL);
  }

  /** The process of the upgrade's generation has ended before it served. */
  static void exitedBeforeServing(Step step, Generation generation, Event.Exited event) {
    Upgrade upgrade = step.upgrade;
    if (upgrade == null || upgrade.generation() != generation.number()) {
      return;
    }
    if (upgrade.purpose() == Purpose.FIRST && generation.failure() == null) {
      // it ended by itself: whoever started us learns how, as if there were no supervisor
      step.failure = event.status();
    }
    failed(step, upgrade, reason(generation, event));
  }

  static String reason(Generation generation, Event.Exited event) {
    StringBuilder reason = new StringBuilder(generation.name()).append(' ');
    String failure = generation.failure();
    if (failure != null) {
      reason.append("was given up: ").append(failure);
    } else {
      reason.append(event.how());
      if (!event.how().startsWith("could not")) {
        reason.append(" before it was ready");
      }
    }
    if (!event.lastLines().isEmpty()) {
      List<String> lines = event.lastLines().stream().map(String::strip).toList();
      reason.append("; the last it printed: ").append(String.join(" | ", lines));
    }
    return reason.toString();
  }

  private static void failed(Step step, Upgrade upgrade, String reason) {
    step.upgrade = null;
    step.lastReload =
        new Verdict("failed", upgrade.generation(), step.now - upgrade.since(), reason);
    Generation serving = step.generation(step.serving);
    if (upgrade.purpose() == Purpose.FIRST) {
      step.answer(upgrade.requesters(), 1, "failed: " + reason);
      if (step.pending == null && !step.stopping) {
        step.warn("the application could not be started: " + reason);
        Stopping.giveUp(step);
        return;
      }
    } else {
      String consequence = consequence(step, serving);
      String line = upgrade.word() + " failed: " + reason + consequence;
      // who asked is answered first, and so does not hear it twice
      step.answer(upgrade.requesters(), 1, line);
      step.warn(line);
      Exits.startAgain(step);
    }
    Commands.pending(step);
  }

  private static String consequence(Step step, @Nullable Generation serving) {
    if (serving != null) {
      return "; " + serving.name() + " goes on serving";
    }
    return step.stopping ? "" : "; release " + step.release + " is started again, clients wait";
  }

  /** The upgrade's generation serves. */
  static void succeeded(Step step, Generation generation) {
    Upgrade upgrade = step.upgrade;
    if (upgrade == null || upgrade.generation() != generation.number()) {
      return;
    }
    long millis = step.now - upgrade.since();
    step.upgrade = null;
    if (upgrade.purpose() == Purpose.UPGRADE) {
      step.lastReload = new Verdict("ok", generation.number(), millis, "");
    }
    step.answer(
        upgrade.requesters(),
        0,
        generation.name()
            + " serves (release "
            + generation.release()
            + ") after "
            + Step.seconds(millis));
    Commands.pending(step);
  }

  /** What keeps running when a stop is asked for and something is being started. */
  static void cancel(Step step, String reason) {
    Upgrade upgrade = step.upgrade;
    if (upgrade != null) {
      step.upgrade = upgrade.cancel(reason);
    }
    for (Generation generation : List.copyOf(step.generations.values())) {
      fail(step, generation, reason);
    }
  }
}
