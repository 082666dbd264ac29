package dev.graceful.core;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;

/** From bound to serving. */
final class Readiness {
  private Readiness() {}

  static void held(Step step, Generation generation) {
    step.update(generation, g -> g.readiness(true, g.saidReady(), g.probing()));
  }

  static void saidReady(Step step, Generation generation) {
    check(step, step.update(generation, g -> g.readiness(g.held(), true, g.probing())));
  }

  /** Begins the probe when there is nothing left to wait for. */
  static void check(Step step, Generation generation) {
    if (!waiting(generation)
        || generation.probing()
        || (generation.held() && !generation.saidReady())
        || generation.claims().stream().anyMatch(step.opening::containsKey)) {
      return;
    }
    if (!explicit(step, generation)) {
      if (!boundAll(step, generation)) {
        return;
      }
      if (strayed(step, generation)) {
        return;
      }
    }
    if (generation.claims().isEmpty()) {
      if (generation.saidReady()) {
        takeOver(step, generation);
      }
      return;
    }
    Generation probed = step.update(generation, g -> g.readiness(g.held(), g.saidReady(), true));
    step.emit(new Effect.Probe(probed.number(), probed.claims()));
  }

  private static boolean waiting(Generation generation) {
    return generation.state() == GenerationState.STARTING
        || generation.state() == GenerationState.BOUND;
  }

  /** The application or the operator says what ready is, so other ports are no surprise. */
  private static boolean explicit(Step step, Generation generation) {
    return generation.saidReady() || step.settings.health();
  }

  private static boolean boundAll(Step step, Generation generation) {
    return !generation.claims().isEmpty() && missing(step, generation).isEmpty();
  }

  /**
   * What it must listen on, and on nothing else: what the serving generation listens on; but a
   * release that has served before is not asked for more than it had then.
   */
  private static List<Address> expected(Step step, Generation generation) {
    Optional<Good> before = step.history.of(generation.release());
    return before.isEmpty() || before.get().addresses().isEmpty()
        ? step.addressesOf(step.wanted)
        : before.get().addresses();
  }

  private static List<Address> missing(Step step, Generation generation) {
    List<Address> missing = new ArrayList<>();
    List<Address> claimed = step.addressesOf(generation.claims());
    for (Address address : expected(step, generation)) {
      if (claimed.stream().noneMatch(address::matches)) {
        missing.add(address);
      }
    }
    return missing;
  }

  /** An upgrade that listens where the serving generation does not has failed. */
  private static boolean strayed(Step step, Generation generation) {
    SortedSet<Integer> extra = new TreeSet<>(generation.claims());
    extra.removeAll(step.listenersOn(expected(step, generation)));
    if (generation.purpose() != Purpose.UPGRADE || extra.isEmpty()) {
      return false;
    }
    Launches.fail(
        step,
        generation,
        "it listens on "
            + step.addresses(extra)
            + " too, where the serving generation does not;"
            + " if this is meant, use --health or let it say through the SDK that it is ready");
    return true;
  }

  static void probeOk(Step step, Generation generation) {
    if (!generation.probing() || generation.state() != GenerationState.BOUND) {
      return;
    }
    if (!explicit(step, generation) && strayed(step, generation)) {
      return;
    }
    takeOver(step, step.update(generation, g -> g.readiness(g.held(), g.saidReady(), false)));
  }

  static void tooLate(Step step, Generation generation) {
    if (!waiting(generation)) {
      return;
    }
    boolean bound = generation.state() == GenerationState.BOUND && !generation.claims().isEmpty();
    if (generation.purpose() == Purpose.RESTART && bound && step.serving == 0) {
      step.warn(
          generation.name() + " is not ready in time, but nothing else serves: it takes over");
      step.emit(new Effect.CancelProbe(generation.number()));
      takeOver(step, generation);
      return;
    }
    Launches.fail(step, generation, lateness(step, generation));
  }

  private static String lateness(Step step, Generation generation) {
    String time = "it was not ready within " + Step.seconds(step.settings.readyTimeout());
    String problem = generation.problem();
    if (problem != null) {
      return time + ": " + problem;
    }
    List<Address> missing = missing(step, generation);
    if (generation.held() && !generation.saidReady()) {
      return time + ": it has not said through the SDK that it is ready";
    }
    if (generation.claims().isEmpty()) {
      return time + ": it never listened on a TCP port";
    }
    if (!missing.isEmpty()) {
      return time
          + ": it listens on "
          + step.addresses(generation.claims())
          + " but not on "
          + Step.text(missing)
          + " as the serving generation does";
    }
    return time + ": it does not accept connections";
  }

  private static void takeOver(Step step, Generation generation) {
    Generation ready = step.become(generation, GenerationState.READY);
    step.cancel(TimerKey.Kind.READY, ready.number());
    takeSeats(step, ready);
  }

  /** Gives a ready generation the shared listeners; done again, it does no harm. */
  static void takeSeats(Step step, Generation ready) {
    // one that is just being opened is granted as a shared one when it is
    SortedSet<Integer> seats = new TreeSet<>(ready.claims());
    seats.removeAll(step.opening.keySet());
    if (seats.isEmpty()) {
      tookOver(step, ready, Set.of());
      return;
    }
    int sequence = step.fresh();
    step.update(ready, g -> g.reseat(sequence, seats));
    step.timer(TimerKey.Kind.TAKE_OVER, ready.number(), Settings.TAKE_OVER);
    step.emit(new Effect.Reseat(ready.number(), sequence, SeatRole.SHARED, seats));
  }

  static void tookOver(Step step, Generation generation, Set<Integer> failed) {
    step.cancel(TimerKey.Kind.TAKE_OVER, generation.number());
    Generation now =
        step.become(step.update(generation, g -> g.unclaim(failed)), GenerationState.SERVING);
    Generation old = step.generation(step.serving);
    step.serving = now.number();
    remember(step, now);
    step.release = now.release();
    step.wanted.clear();
    step.wanted.addAll(now.claims());
    step.restart = null;
    step.cancel(TimerKey.Kind.RESTART, 0);
    for (int id : now.claims()) {
      step.cancel(TimerKey.Kind.LINGER, id);
      Listening.unquiet(step, id);
    }
    step.emit(new Effect.NowServing(now.number()));
    step.say(
        now.name()
            + " serves "
            + step.addresses(now.claims())
            + " (release "
            + now.release()
            + ", "
            + Step.seconds(step.now - now.since())
            + " after its start)"
            + (old != null ? "; " + old.name() + " drains" : ""));
    for (Generation other : List.copyOf(step.generations.values())) {
      if (other.purpose() == Purpose.RESTART && other.number() != now.number()) {
        Launches.fail(step, other, "another generation serves");
      }
    }
    if (old != null) {
      Drains.settle(step, Drains.begin(step, old));
      Drains.cap(step);
    }
    Drains.lameOthers(step, now);
    Drains.lingering(step, now);
    Drains.settleAll(step);
    Listening.closeUnclaimed(step);
    Launches.succeeded(step, now);
    for (Generation other : List.copyOf(step.generations.values())) {
      check(step, other);
    }
  }

  /** Notes down what served so far, before another release takes its place. */
  private static void remember(Step step, Generation now) {
    String before = step.release;
    if (before != null && !before.equals(now.release())) {
      Upgrade upgrade = step.upgrade;
      boolean rollback =
          upgrade != null && upgrade.rollback() && upgrade.generation() == now.number();
      if (rollback) {
        step.emit(new Effect.Judge(before, false));
      } else {
        step.history = step.history.add(new Good(before, step.addressesOf(step.wanted)));
      }
      step.history = step.history.calm();
    }
    step.history = step.history.without(now.release());
    step.emit(new Effect.Judge(now.release(), true));
  }
}
