package dev.graceful.core;

import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * All that the core knows: one immutable snapshot.
 *
 * @param serving number of the generation that serves, or 0
 * @param release id of the release that served last, or null before the first did
 * @param wanted listeners that the serving generation claims, or the last one that served claimed
 * @param opening requests that wait for a listener that is being opened, the one with the socket
 *     first
 * @param stopping a stop was asked for
 * @param stoppers who waits for the end
 * @param finished {@link Effect.Finish} was said
 * @param failure what to exit with when the application could never be started; 0 else
 * @param history what served before
 * @param quickDeaths how often in a row a generation died before it had served for long
 * @param launched how many generations were started
 * @param counter the last number given to anything else
 */
public record State(
    Settings settings,
    SortedMap<Integer, Generation> generations,
    SortedMap<Integer, Listener> listeners,
    Map<Integer, List<Event.Listen>> opening,
    int serving,
    @Nullable String release,
    SortedSet<Integer> wanted,
    @Nullable Upgrade upgrade,
    @Nullable Pending pending,
    @Nullable Restart restart,
    List<Action> actions,
    @Nullable HookRun hook,
    SortedMap<TimerKey, Long> timers,
    Verdict lastReload,
    boolean stopping,
    List<Long> stoppers,
    boolean finished,
    int failure,
    History history,
    int quickDeaths,
    int launched,
    int counter) {

  public State {
    generations = Collections.unmodifiableSortedMap(new TreeMap<>(generations));
    listeners = Collections.unmodifiableSortedMap(new TreeMap<>(listeners));
    opening = Map.copyOf(opening);
    wanted = Collections.unmodifiableSortedSet(new TreeSet<>(wanted));
    actions = List.copyOf(actions);
    timers = Collections.unmodifiableSortedMap(new TreeMap<>(timers));
    stoppers = List.copyOf(stoppers);
  }

  /** The state before {@link Event.Begin} where nothing is known of earlier runs. */
  public static State initial(Settings settings) {
    return initial(settings, History.NONE);
  }

  /**
   * The state before {@link Event.Begin}.
   *
   * @param history what served in earlier runs
   */
  public static State initial(Settings settings, History history) {
    return new State(
        settings,
        new TreeMap<>(),
        new TreeMap<>(),
        Map.of(),
        0,
        null,
        new TreeSet<>(),
        null,
        null,
        null,
        List.of(),
        null,
        new TreeMap<>(),
        Verdict.NONE,
        false,
        List.of(),
        false,
        0,
        history,
        0,
        0,
        0);
  }

  /** When the next deadline is, in milliseconds of the loop's clock. */
  public OptionalLong nextDeadline() {
    return timers.values().stream().mapToLong(Long::longValue).min();
  }

  /** The generation that serves. */
  public Optional<Generation> servingGeneration() {
    return Optional.ofNullable(generations.get(serving));
  }

  /** The word for operators: starting, serving, reloading or stopping. */
  public String word() {
    if (stopping) {
      return "stopping";
    }
    if (upgrade != null && release != null) {
      return "reloading";
    }
    return serving == 0 ? "starting" : "serving";
  }
}
