package dev.graceful.core;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * A new supervisor takes over running workers. Where the memory and the workers differ, the memory
 * tells what was meant and the workers tell what is: each generation goes on from there, by effects
 * that do no harm if they were carried out before. What had not proved itself yet starts anew.
 */
final class Adoption {
  private static final String REPLACED = "the supervisor ended while it started";
  private static final String UNSEEN = "ended while no supervisor ran";

  private Adoption() {}

  static void adopt(Step step, Event.Adopt event) {
    if (step.release != null) {
      // the word of it may have been lost
      step.emit(new Effect.Judge(step.release, true));
    }
    listeners(step, event);
    List<Generation> gone = new ArrayList<>();
    for (Generation generation : List.copyOf(step.generations.values())) {
      SortedMap<Integer, SeatRole> seats = event.seats().get(generation.number());
      if (seats == null) {
        gone.add(generation);
      } else {
        resume(step, generation, seats);
      }
    }
    boolean again = upgradeAgain(step, event.memory());
    for (Generation generation : gone) {
      Exits.exited(step, generation, new Event.Exited(generation.number(), UNSEEN, List.of()));
    }
    introduce(step);
    leave(step, event.memory());
    settle(step);
    if (again) {
      again(step, event.memory());
    } else if (step.serving == 0 && step.upgrade == null && step.restart == null) {
      if (step.release == null) {
        again(step, event.memory());
      } else {
        Exits.startAgain(step);
      }
    }
    askAgain(step, event.memory());
  }

  private static void listeners(Step step, Event.Adopt event) {
    for (Listener listener : List.copyOf(step.listeners.values())) {
      int id = listener.id();
      if (!event.regained().containsKey(id)) {
        step.listeners.remove(id);
        step.wanted.remove(id);
        step.cancel(TimerKey.Kind.LINGER, id);
        continue;
      }
      boolean quiet = listener.quiet() && !event.memory().stopping();
      step.listeners.put(id, listener.pinned(false).quiet(quiet));
      step.emit(quiet ? new Effect.Quiet(id) : new Effect.Unquiet(id));
    }
    // one that was being closed, while its worker had not left it yet: both are said again
    event
        .regained()
        .forEach(
            (id, address) ->
                step.listeners.putIfAbsent(id, new Listener(id, address, false, true)));
    Listening.pin(step, event.pinned());
  }

  /** One generation goes on, with the seats that its worker says it has. */
  private static void resume(
      Step step, Generation remembered, SortedMap<Integer, SeatRole> allSeats) {
    SortedSet<Integer> meant = remembered.claims();
    SortedSet<Integer> seats = new TreeSet<>(allSeats.keySet());
    seats.retainAll(step.listeners.keySet());
    Generation generation =
        step.update(
            remembered,
            g ->
                g.unclaim(meant)
                    .reseat(0, Generation.NONE)
                    .passing(0)
                    .readiness(g.held(), g.saidReady(), false));
    switch (generation.state()) {
      case STARTING, BOUND -> Launches.fail(step, generation, REPLACED);
      case READY -> {
        // a private seat of a listener that has gone with its supervisor leads nowhere
        if (seats.containsAll(allSeats.keySet())) {
          Readiness.takeSeats(step, claim(step, generation, seats));
        } else {
          Launches.fail(step, generation, REPLACED);
        }
      }
      case SERVING -> {
        claim(step, generation, seats);
        seats.removeIf(id -> allSeats.get(id) == SeatRole.SHARED);
        if (!seats.isEmpty()) {
          int sequence = step.fresh();
          step.update(generation, g -> g.reseat(sequence, seats));
          step.emit(new Effect.Reseat(generation.number(), sequence, SeatRole.SHARED, seats));
        }
        step.emit(new Effect.NowServing(generation.number()));
        step.emit(new Effect.Judge(generation.release(), true));
      }
      case DRAINING -> {
        seats.removeIf(id -> allSeats.get(id) == SeatRole.LAME);
        // until it is told again what to leave, it claims all that it has
        claim(step, generation, seats);
        drain(step, generation.number());
      }
      case STOPPING -> {
        seats.retainAll(meant);
        claim(step, generation, seats);
        if (!step.timed(TimerKey.Kind.KILL, generation.number())) {
          step.timer(TimerKey.Kind.KILL, generation.number(), step.settings.killAfter());
        }
        step.emit(new Effect.Terminate(generation.number()));
      }
      case EXITED -> throw new IllegalStateException(generation + " is remembered");
    }
  }

  private static Generation claim(Step step, Generation generation, SortedSet<Integer> seats) {
    Generation claiming = generation;
    for (int id : seats) {
      claiming = step.update(claiming, g -> g.claim(id));
    }
    return claiming;
  }

  /** Its deadline stays. */
  private static void drain(Step step, int number) {
    long hammer = step.settings.hammerTime();
    if (hammer >= 0 && !step.timed(TimerKey.Kind.HAMMER, number)) {
      step.timer(TimerKey.Kind.HAMMER, number, hammer);
    }
    Long deadline = step.timers.get(new TimerKey(TimerKey.Kind.HAMMER, number));
    long left = deadline == null ? -1 : Math.max(0, deadline - step.now);
    step.emit(new Effect.TellDrain(number, left));
  }

  /** Who drains is told again to leave what it was to leave. */
  private static void leave(Step step, State memory) {
    for (Generation generation : List.copyOf(step.generations.values())) {
      Generation remembered = memory.generations().get(generation.number());
      if (generation.state() == GenerationState.DRAINING && remembered != null) {
        SortedSet<Integer> leave = new TreeSet<>(generation.claims());
        leave.removeAll(remembered.claims());
        Drains.lame(step, generation, leave);
      }
    }
  }

  private static void introduce(Step step) {
    List<String> words = new ArrayList<>();
    for (Generation generation : step.generations.values()) {
      if (generation.number() == step.serving) {
        words.add(generation.name() + " serves " + step.addresses(generation.claims()));
      } else if (generation.state().leaving()) {
        words.add(generation.name() + " is leaving");
      } else {
        words.add(generation.name() + " takes over");
      }
    }
    step.say("adopted: " + String.join(", ", words));
  }

  /**
   * Decides about the upgrade that was under way. After a stop that was not finished, somebody
   * wants the application to run: the jar as it is now is started.
   *
   * @return whether it begins again at once; if it does not, it goes on, or begins again when what
   *     was started for it has ended
   */
  private static boolean upgradeAgain(Step step, State memory) {
    Upgrade upgrade = step.upgrade;
    if (upgrade == null) {
      return memory.stopping();
    }
    boolean preparing = upgrade.generation() == 0 && upgrade.leaving() == 0;
    if (preparing || upgrade.cancelled() != null) {
      step.upgrade = null;
      return true;
    }
    Generation generation = step.generation(upgrade.generation());
    boolean goesOn =
        // whoever went back is told that it failed: the jar as it is now is what was not wanted
        upgrade.rollback()
            || upgrade.leaving() != 0
            || (generation != null && generation.state() == GenerationState.READY);
    if (!goesOn && step.pending == null) {
      step.pending = new Pending(List.of(), upgrade.source());
    }
    return false;
  }

  private static void again(Step step, State memory) {
    Upgrade upgrade = memory.upgrade();
    Pending pending = step.pending;
    step.pending = null;
    Optional<Good> last = step.history.last();
    if (upgrade != null && upgrade.rollback() && pending == null && last.isPresent()) {
      Launches.rollback(step, last.get(), List.of());
      return;
    }
    @Nullable String source = upgrade == null ? null : upgrade.source();
    if (pending != null && pending.source() != null) {
      source = pending.source();
    }
    Purpose purpose = step.release == null ? Purpose.FIRST : Purpose.UPGRADE;
    Launches.upgrade(step, purpose, List.of(), source);
  }

  private static void settle(Step step) {
    Generation serving = step.generation(step.serving);
    if (serving != null) {
      Drains.lameOthers(step, serving);
      Drains.lingering(step, serving);
      for (int id : step.wanted) {
        if (!serving.claims().contains(id) && !step.timed(TimerKey.Kind.LINGER, id)) {
          step.timer(TimerKey.Kind.LINGER, id, Settings.LINGER);
        }
      }
      for (int id : serving.claims()) {
        step.wanted.add(id);
        step.cancel(TimerKey.Kind.LINGER, id);
        Listening.unquiet(step, id);
      }
    }
    Drains.cap(step);
    Drains.settleAll(step);
    Listening.closeUnclaimed(step);
  }

  /** What was asked for and not begun. */
  private static void askAgain(Step step, State memory) {
    HookRun hook = memory.hook();
    if (hook != null && !hook.after()) {
      Commands.asked(step, hook.action().unattended());
    }
    for (Action action : memory.actions()) {
      Commands.asked(step, action.unattended());
    }
  }

  /** The memory as this supervisor begins with it: nobody waits, nothing is half asked for. */
  static State begin(State memory, Settings settings) {
    Upgrade upgrade = memory.upgrade();
    Pending pending = memory.pending();
    SortedMap<TimerKey, Long> timers = new java.util.TreeMap<>(memory.timers());
    timers.keySet().removeIf(key -> key.kind() == TimerKey.Kind.HOOK);
    return new State(
        settings,
        memory.generations(),
        memory.listeners(),
        Map.of(),
        memory.serving(),
        memory.release(),
        memory.wanted(),
        upgrade == null ? null : upgrade.unattended(),
        pending == null ? null : new Pending(List.of(), pending.source()),
        memory.restart(),
        List.of(),
        null,
        timers,
        memory.lastReload(),
        false,
        List.of(),
        false,
        0,
        memory.history(),
        memory.quickDeaths(),
        memory.launched(),
        memory.counter());
  }
}
