package dev.graceful.core;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The invariants I1 to I6 of the core, under random histories. */
class RandomHistoriesTest {
  private static final int EVENTS = Integer.getInteger("graceful.histories.events", 300_000);
  private static final int HISTORY = 600;

  @Test
  @Timeout(900)
  void invariantsHold() {
    Long replay = Long.getLong("graceful.histories.seed");
    long seed = replay != null ? replay : System.nanoTime();
    int events = 0;
    int upgrades = 0;
    int failed = 0;
    int restarts = 0;
    int deaths = 0;
    int fallbacks = 0;
    int rollbacks = 0;
    while (events < EVENTS) {
      World world = new World(new Random(seed));
      try {
        run(world);
      } catch (AssertionError | RuntimeException e) {
        int size = world.history.size();
        String last =
            world.history.subList(Math.max(0, size - 80), size).stream()
                .map(Object::toString)
                .collect(Collectors.joining("\n"));
        throw new AssertionError("replay with -Dgraceful.histories.seed=" + seed + "\n" + last, e);
      }
      events += world.events;
      deaths += world.deaths;
      for (Object happened : world.history) {
        if (happened instanceof Effect.Answer e) {
          upgrades += e.message().contains(" serves (release") ? 1 : 0;
          failed += e.message().startsWith("reload failed") ? 1 : 0;
        } else if (happened instanceof Effect.Say e) {
          restarts += e.line().contains("is started again") ? 1 : 0;
          fallbacks += e.line().contains("is rolled back to") ? 1 : 0;
        } else if (happened instanceof Effect.Recall) {
          rollbacks++;
        }
      }
      if (replay != null) {
        return;
      }
      seed++;
    }
    // histories in which nothing happens prove nothing
    assertThat(upgrades).isGreaterThan(200);
    assertThat(failed).isGreaterThan(200);
    assertThat(restarts).isGreaterThan(200);
    assertThat(deaths).isGreaterThan(200);
    assertThat(fallbacks).isGreaterThan(20);
    assertThat(rollbacks).isGreaterThan(20);
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
    somethingServes(world);
    drainsOnlyAfterAnotherServes(world.before, state);
    listenersAreOpenWhileClaimed(world);
    oneUpgrade(state);
    everyWaitHasADeadline(state);
    failureChangesNothing(world);
    connectionsPassToWhoServes(world);
    String misplaced = world.misplaced();
    require(misplaced == null, "seats", misplaced == null ? "" : misplaced + " " + state);
    historyIsOfWhatServed(world);
    fallingBackIsLikeAReload(world);
  }

  /** Texts are made only when something is wrong: there are hundreds of thousands of checks. */
  private static void require(boolean holds, String what, Object about) {
    if (!holds) {
      throw new AssertionError(what + ": " + about);
    }
  }

  /** I1. */
  private static void somethingServes(World world) {
    State state = world.state;
    world.startsOver &= state.serving() == 0;
    if (state.release() != null && !state.stopping() && state.serving() == 0) {
      // without overlap, an upgrade may be what will serve
      boolean byUpgrade = world.startsOver || !state.settings().overlap();
      boolean coming = state.restart() != null || (state.upgrade() != null && byUpgrade);
      require(coming, "I1: nothing serves and nothing is restarted", state);
    }
    int serving = 0;
    for (Generation generation : state.generations().values()) {
      if (generation.state() == GenerationState.SERVING) {
        serving++;
        require(generation.number() == state.serving(), "I1: serves beside another", generation);
      }
    }
    require(serving == (state.serving() == 0 ? 0 : 1), "I1: who serves", state);
  }

  /** I2. */
  private static void drainsOnlyAfterAnotherServes(State before, State state) {
    for (Generation generation : state.generations().values()) {
      Generation was = before.generations().get(generation.number());
      if (was != null
          && was.state() == GenerationState.SERVING
          && generation.state() != GenerationState.SERVING) {
        boolean early = !state.stopping() && state.serving() == 0 && state.settings().overlap();
        require(!early, "I2: drained too early", generation);
      }
    }
  }

  /** I3. */
  private static void listenersAreOpenWhileClaimed(World world) {
    State state = world.state;
    Set<Integer> claimed = new TreeSet<>(state.wanted());
    for (Generation generation : state.generations().values()) {
      claimed.addAll(generation.claims());
      require(
          state.listeners().keySet().containsAll(generation.claims()),
          "I3: claims what is not open",
          generation);
    }
    Generation serving = state.generations().get(state.serving());
    for (Listener listener : state.listeners().values()) {
      boolean opening = state.opening().containsKey(listener.id());
      require(
          listener.pinned() || claimed.contains(listener.id()) || opening,
          "I3: open though nobody claims it",
          listener);
      if (listener.quiet() && !state.stopping() && !opening && serving != null) {
        require(!serving.claims().contains(listener.id()), "quiet though it is served", listener);
      }
    }
  }

  /** I4. */
  private static void oneUpgrade(State state) {
    int candidates = 0;
    int restarting = 0;
    for (Generation generation : state.generations().values()) {
      if (generation.state().candidate()) {
        if (generation.purpose() == Purpose.RESTART) {
          restarting++;
        } else {
          candidates++;
        }
      }
    }
    require(candidates <= 1, "I4: more than one upgrade", state);
    require(restarting <= 1, "more than one restart", state);
    if (!state.settings().overlap()) {
      long running = state.generations().values().stream().filter(g -> g.failure() == null).count();
      require(running <= 1 || restarting + candidates == 0, "runs twice", state);
    }
    require(state.pending() == null || state.upgrade() != null, "I4: remembered for ever", state);
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
      require(
          kind == null || state.timers().containsKey(new TimerKey(kind, generation.number())),
          "I5: no deadline",
          generation);
    }
    HookRun hook = state.hook();
    require(
        hook == null || state.timers().containsKey(new TimerKey(TimerKey.Kind.HOOK, hook.id())),
        "I5: no deadline",
        state);
    Restart restart = state.restart();
    require(
        restart == null
            || restart.generation() != 0
            || state.timers().containsKey(new TimerKey(TimerKey.Kind.RESTART, 0)),
        "I5: no deadline",
        state);
  }

  /** I6. */
  private static void failureChangesNothing(World world) {
    State state = world.state;
    boolean failed =
        state.lastReload() != world.before.lastReload()
            && state.lastReload().word().equals("failed");
    boolean fallback = state.lastReload().reason().contains("is rolled back to");
    if (failed && !fallback && !state.stopping()) {
      require(!state.lastReload().reason().isBlank(), "I6: not told why", state);
      require(
          state.serving() == world.before.serving() || !state.settings().overlap(),
          "I6: another serves",
          state);
      require(state.wanted().equals(world.before.wanted()), "I6: other listeners", state);
    }
    for (Effect effect : world.lastEffects) {
      if (effect instanceof Effect.Reseat e && e.role() == SeatRole.LAME) {
        require(e.generation() != state.serving(), "I6: lame while serving", e);
      }
      if (effect instanceof Effect.Reseat e && e.role() == SeatRole.SHARED) {
        require(world.open.containsAll(e.listeners()), "seated on what is not open", e);
      }
    }
  }

  private static void connectionsPassToWhoServes(World world) {
    for (Effect effect : world.lastEffects) {
      if (effect instanceof Effect.Pass e) {
        Generation from = world.state.generations().get(e.from());
        require(from != null && from.state().leaving(), "passes too early", e);
        // a stop may follow in the same step
        boolean serves = e.to() == world.state.serving() || e.to() == world.before.serving();
        require(serves, "passes to one that does not serve", e);
      }
    }
  }

  /** Only what has served is good, once, and what serves now is not what one goes back to. */
  private static void historyIsOfWhatServed(World world) {
    State state = world.state;
    Set<String> seen = new TreeSet<>();
    for (Good good : state.history().good()) {
      require(seen.add(good.release()), "good twice", state.history());
      require(world.served.contains(good.release()), "good, but has never served", good);
      require(!good.release().equals(state.release()), "goes back to what serves", good);
    }
    Generation serving = state.generations().get(state.serving());
    require(serving == null || serving.release().equals(state.release()), "what serves", serving);
    int draining = 0;
    for (Generation generation : state.generations().values()) {
      draining += generation.state() == GenerationState.DRAINING ? 1 : 0;
    }
    require(
        state.stopping() || draining <= state.settings().maxDraining(), "too many drain", state);
  }

  /** After a release was given up for its crashes, all is as if the good one had been reloaded. */
  private static void fallingBackIsLikeAReload(World world) {
    State state = world.state;
    for (Effect effect : world.lastEffects) {
      if (effect instanceof Effect.Judge e && !e.good()) {
        require(!e.release().equals(state.release()), "the bad one is started again", e);
        require(state.history().of(e.release()).isEmpty(), "the bad one is good", e);
        require(state.history().crashes().isEmpty(), "crashes of another count", state);
        require(state.release() != null, "nothing to go back to", e);
        // a stop may follow in the same step
        boolean coming = state.serving() != 0 || state.restart() != null || state.stopping();
        require(coming, "nothing is started", state);
      }
    }
  }
}
