package dev.graceful.core;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The invariants I1 to I6 of the core, under random histories. */
class RandomHistoriesTest {
  private static final int EVENTS = Integer.getInteger("graceful.histories.events", 300_000);
  private static final int HISTORY = 600;

  @Test
  @Timeout(120)
  void invariantsHold() {
    Long replay = Long.getLong("graceful.histories.seed");
    long seed = replay != null ? replay : System.nanoTime();
    int events = 0;
    int upgrades = 0;
    int failed = 0;
    int restarts = 0;
    while (events < EVENTS) {
      World world = new World(new Random(seed));
      try {
        run(world);
      } catch (AssertionError | RuntimeException e) {
        int size = world.history.size();
        throw new AssertionError(
            "replay with -Dgraceful.histories.seed="
                + seed
                + "\n"
                + String.join("\n", world.history.subList(Math.max(0, size - 60), size)),
            e);
      }
      events += world.events;
      upgrades += count(world, "Verdict[word=ok", "; g");
      failed += count(world, "reload failed", "reload failed");
      restarts += count(world, "purpose=RESTART", "is started again");
      if (replay != null) {
        return;
      }
      seed++;
    }
    // histories in which nothing happens prove nothing
    assertThat(upgrades).isGreaterThan(500);
    assertThat(failed).isGreaterThan(500);
    assertThat(restarts).isGreaterThan(200);
  }

  private static int count(World world, String word, String other) {
    return (int) world.history.stream().filter(l -> l.contains(word) || l.contains(other)).count();
  }

  private static void run(World world) {
    check(world);
    for (int i = 0; i < HISTORY && !world.state.finished(); i++) {
      world.step();
      check(world);
    }
    // every history comes to an end: a stop, a second one, and time
    world.calm = true;
    if (!world.state.finished()) {
      world.stop();
      check(world);
      world.stop();
      check(world);
    }
    for (int i = 0; i < 2_000 && !world.state.finished(); i++) {
      world.step();
      check(world);
    }
    assertThat(world.state.finished()).as("a stop ends").isTrue();
    assertThat(world.open).as("listeners left open").isEmpty();
    assertThat(world.answers.keySet()).as("answered").isEqualTo(new TreeSet<>(world.asked));
    assertThat(world.answers.values()).as("answered once").allMatch(n -> n == 1);
  }

  private static void check(World world) {
    State state = world.state;
    if (state.finished()) {
      return;
    }
    somethingServes(state);
    drainsOnlyAfterAnotherServes(world.before, state);
    listenersAreOpenWhileClaimed(world);
    oneUpgrade(state);
    everyWaitHasADeadline(state);
    failureChangesNothing(world);
  }

  /** I1. */
  private static void somethingServes(State state) {
    if (state.release() != null && !state.stopping() && state.serving() == 0) {
      assertThat(state.restart()).as("I1: being restarted").isNotNull();
    }
    if (state.serving() != 0) {
      assertThat(state.generations().get(state.serving()).state())
          .as("I1: what serves")
          .isEqualTo(GenerationState.SERVING);
    }
    long serving =
        state.generations().values().stream()
            .filter(g -> g.state() == GenerationState.SERVING)
            .count();
    assertThat(serving).as("one serves").isLessThanOrEqualTo(1);
  }

  /** I2. */
  private static void drainsOnlyAfterAnotherServes(State before, State state) {
    for (Generation generation : state.generations().values()) {
      Generation was = before.generations().get(generation.number());
      if (was != null
          && was.state() == GenerationState.SERVING
          && generation.state() != GenerationState.SERVING) {
        assertThat(state.stopping() || state.serving() != 0).as("I2: " + generation).isTrue();
      }
    }
  }

  /** I3. */
  private static void listenersAreOpenWhileClaimed(World world) {
    State state = world.state;
    Set<Integer> claimed = new TreeSet<>(state.wanted());
    for (Generation generation : state.generations().values()) {
      claimed.addAll(generation.claims());
      for (int id : generation.claims()) {
        assertThat(state.listeners()).as("I3: claimed by " + generation).containsKey(id);
      }
    }
    for (Listener listener : state.listeners().values()) {
      assertThat(
              listener.pinned()
                  || claimed.contains(listener.id())
                  || state.opening().containsKey(listener.id()))
          .as("I3: open though nobody claims it: " + listener)
          .isTrue();
      if (listener.quiet() && !state.stopping() && !state.opening().containsKey(listener.id())) {
        assertThat(state.servingGeneration().map(g -> g.claims().contains(listener.id())))
            .as("quiet though it is served: " + listener)
            .isNotEqualTo(java.util.Optional.of(true));
      }
    }
  }

  /** I4. */
  private static void oneUpgrade(State state) {
    long candidates =
        state.generations().values().stream()
            .filter(g -> g.state().candidate() && g.purpose() != Purpose.RESTART)
            .count();
    assertThat(candidates).as("I4: one upgrade").isLessThanOrEqualTo(1);
    long restarting =
        state.generations().values().stream()
            .filter(g -> g.state().candidate() && g.purpose() == Purpose.RESTART)
            .count();
    assertThat(restarting).as("one restart").isLessThanOrEqualTo(1);
    if (state.pending() != null) {
      assertThat(state.upgrade()).as("I4: remembered only during one").isNotNull();
    }
  }

  /** I5. */
  private static void everyWaitHasADeadline(State state) {
    for (Generation generation : state.generations().values()) {
      TimerKey.Kind kind =
          switch (generation.state()) {
            case STARTING, BOUND -> TimerKey.Kind.READY;
            case READY -> TimerKey.Kind.TAKE_OVER;
            case DRAINING -> state.settings().hammerTime() < 0 ? null : TimerKey.Kind.HAMMER;
            case STOPPING -> TimerKey.Kind.KILL;
            case SERVING, EXITED -> null;
          };
      if (kind != null) {
        assertThat(state.timers())
            .as("I5: " + generation)
            .containsKey(new TimerKey(kind, generation.number()));
      }
    }
    if (state.hook() != null) {
      assertThat(state.timers()).containsKey(new TimerKey(TimerKey.Kind.HOOK, state.hook().id()));
    }
    Restart restart = state.restart();
    if (restart != null && restart.generation() == 0) {
      assertThat(state.timers()).containsKey(new TimerKey(TimerKey.Kind.RESTART, 0));
    }
  }

  /** I6. */
  private static void failureChangesNothing(World world) {
    boolean failed =
        !world.state.lastReload().equals(world.before.lastReload())
            && world.state.lastReload().word().equals("failed");
    if (failed && !world.state.stopping()) {
      assertThat(world.state.lastReload().reason()).as("I6: told why").isNotBlank();
      assertThat(world.state.serving()).as("I6: who serves").isEqualTo(world.before.serving());
      assertThat(world.state.wanted()).as("I6: listeners").isEqualTo(world.before.wanted());
    }
    for (Effect effect : world.lastEffects) {
      if (effect instanceof Effect.Reseat e && e.role() == SeatRole.LAME) {
        assertThat(e.generation()).as("I6: lame while serving").isNotEqualTo(world.state.serving());
      }
      if (effect instanceof Effect.Reseat e && e.role() == SeatRole.SHARED) {
        assertThat(world.open).as("seated on what is open").containsAll(e.listeners());
      }
    }
  }
}
