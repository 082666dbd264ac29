package dev.graceful.core;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** The working copy of the state while one event is dealt with, and the effects so far. */
final class Step {
  final Settings settings;
  final long now;
  final SortedMap<Integer, Generation> generations;
  final SortedMap<Integer, Listener> listeners;
  final Map<Integer, List<Event.Listen>> opening;
  final SortedSet<Integer> wanted;
  final Deque<Action> actions;
  final SortedMap<TimerKey, Long> timers;
  final List<Long> stoppers;
  final List<Effect> effects = new ArrayList<>();
  int serving;
  @Nullable String release;
  @Nullable Upgrade upgrade;
  @Nullable Pending pending;
  @Nullable Restart restart;
  @Nullable HookRun hook;
  Verdict lastReload;
  boolean stopping;
  boolean finished;
  int failure;
  History history;
  int quickDeaths;
  private int launched;
  private int counter;

  Step(State state, long now) {
    this.now = now;
    settings = state.settings();
    generations = new TreeMap<>(state.generations());
    listeners = new TreeMap<>(state.listeners());
    opening = new HashMap<>(state.opening());
    wanted = new TreeSet<>(state.wanted());
    actions = new ArrayDeque<>(state.actions());
    timers = new TreeMap<>(state.timers());
    stoppers = new ArrayList<>(state.stoppers());
    serving = state.serving();
    release = state.release();
    upgrade = state.upgrade();
    pending = state.pending();
    restart = state.restart();
    hook = state.hook();
    lastReload = state.lastReload();
    stopping = state.stopping();
    finished = state.finished();
    failure = state.failure();
    history = state.history();
    quickDeaths = state.quickDeaths();
    launched = state.launched();
    counter = state.counter();
  }

  State state() {
    return new State(
        settings,
        generations,
        listeners,
        opening,
        serving,
        release,
        wanted,
        upgrade,
        pending,
        restart,
        List.copyOf(actions),
        hook,
        timers,
        lastReload,
        stopping,
        stoppers,
        finished,
        failure,
        history,
        quickDeaths,
        launched,
        counter);
  }

  /** A number that no listener, upgrade, hook or reseat has had. */
  int fresh() {
    return ++counter;
  }

  /** Starts the next generation. */
  Generation launch(Purpose purpose, String id) {
    Generation generation = Generation.start(++launched, purpose, id, now);
    generations.put(generation.number(), generation);
    timer(TimerKey.Kind.READY, generation.number(), settings.readyTimeout());
    emit(new Effect.Spawn(generation.number(), id));
    return generation;
  }

  void emit(Effect effect) {
    effects.add(effect);
  }

  void say(String line) {
    emit(new Effect.Say(false, line));
  }

  void warn(String line) {
    emit(new Effect.Say(true, line));
  }

  void answer(List<Long> requesters, int exitCode, String message) {
    for (long requester : requesters) {
      if (requester != 0) {
        emit(new Effect.Answer(requester, exitCode, message));
      }
    }
  }

  void timer(TimerKey.Kind kind, int number, long millis) {
    timers.put(new TimerKey(kind, number), now + millis);
  }

  void cancel(TimerKey.Kind kind, int number) {
    timers.remove(new TimerKey(kind, number));
  }

  boolean timed(TimerKey.Kind kind, int number) {
    return timers.containsKey(new TimerKey(kind, number));
  }

  @Nullable Generation generation(int number) {
    return generations.get(number);
  }

  /** Replaces a generation by what {@code change} makes of it. */
  Generation update(Generation generation, UnaryOperator<Generation> change) {
    Generation current = Objects.requireNonNull(generations.get(generation.number()));
    Generation changed = change.apply(current);
    generations.put(changed.number(), changed);
    return changed;
  }

  Generation become(Generation generation, GenerationState next) {
    return update(generation, g -> g.become(next, now));
  }

  /** Whether any live generation claims the listener. */
  boolean claimed(int listener) {
    return generations.values().stream().anyMatch(g -> g.claims().contains(listener));
  }

  /** The listeners with one of these addresses. */
  SortedSet<Integer> listenersOn(List<Address> addresses) {
    SortedSet<Integer> ids = new TreeSet<>();
    for (Listener listener : listeners.values()) {
      if (addresses.stream().anyMatch(a -> listener.address().matches(a))) {
        ids.add(listener.id());
      }
    }
    return ids;
  }

  /** The addresses of listeners. */
  List<Address> addressesOf(Set<Integer> ids) {
    List<Address> addresses = new ArrayList<>();
    for (int id : new TreeSet<>(ids)) {
      Listener listener = listeners.get(id);
      if (listener != null) {
        addresses.add(listener.address());
      }
    }
    return addresses;
  }

  /** The addresses of listeners, for a message. */
  String addresses(Set<Integer> ids) {
    return text(addressesOf(ids));
  }

  static String text(List<Address> addresses) {
    List<String> words = addresses.stream().map(Address::toString).toList();
    return words.isEmpty() ? "nothing" : String.join(", ", words);
  }

  /** A time span for operators: {@code 0.84 s}. */
  static String seconds(long millis) {
    return String.format(java.util.Locale.ROOT, "%.2f s", millis / 1000.0);
  }
}
