package dev.graceful.core;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * The outside, as bad as it may be: workers that crash, hang, forget to answer, bind where they
 * should not; operators that send storms of signals. It carries out effects at random later times,
 * and keeps a model of listeners and processes to check the core against. The supervisor itself may
 * die before, between and after any of the effects of a step, and another one adopts what is left.
 */
final class World {
  /** A process as the world sees it. */
  private static final class Worker {
    final int generation;
    final boolean hung;
    final SortedMap<Integer, SeatRole> seats = new TreeMap<>();
    final Map<Integer, Event.Listen> waiting = new TreeMap<>();
    boolean terminated;

    Worker(int generation, boolean hung) {
      this.generation = generation;
      this.hung = hung;
    }
  }

  /** The supervisor dies in one of so many events. */
  private static final int DEATHS = Integer.getInteger("graceful.histories.deaths", 100);

  final Random random;
  final Settings settings;
  final Set<Integer> open = new TreeSet<>();
  final Map<Long, Integer> answers = new TreeMap<>();
  final Set<Long> asked = new HashSet<>();
  final List<Object> history = new ArrayList<>();
  final Set<String> served = new HashSet<>();
  final List<Effect> lastEffects = new ArrayList<>();
  private final Map<Integer, Worker> workers = new TreeMap<>();
  private final Map<Integer, Address> bound = new TreeMap<>();
  private final List<Event> due = new ArrayList<>();
  private long requesters;
  private int requests;
  State state;
  State before;

  /** What another supervisor will know of this one. */
  private State written;

  long now = 1;
  int events;
  int deaths;
  boolean calm;

  /** A stop was cut short, and the application is being started as if for the first time. */
  boolean startsOver;

  World(Random random) {
    this.random = random;
    this.settings =
        new Settings(
            5_000,
            random.nextInt(8) == 0 ? -1 : 3_000,
            1_000,
            random.nextInt(4) == 0,
            random.nextInt(4) != 0,
            random.nextInt(4),
            random.nextBoolean() ? 500 : 60_000,
            1 + random.nextInt(3));
    this.state = State.initial(settings);
    this.before = state;
    this.written = state;
    List<Address> pinned =
        random.nextInt(4) == 0 ? List.of(new Address("127.0.0.1", 7)) : List.of();
    feed(new Event.Begin(pinned));
  }

  void feed(Event event) {
    events++;
    history.add(now);
    history.add(event);
    before = state;
    Core.Result result = Core.apply(state, event, now);
    boolean dies = !calm && !result.state().finished() && random.nextInt(DEATHS) == 0;
    if (dies && random.nextBoolean()) {
      die(List.of());
      return;
    }
    state = result.state();
    written = state;
    if (dies) {
      List<Effect> effects = result.effects();
      die(effects.subList(0, random.nextInt(effects.size() + 1)));
      return;
    }
    lastEffects.clear();
    lastEffects.addAll(result.effects());
    for (Effect effect : result.effects()) {
      history.add(effect);
      carryOut(effect);
    }
  }

  /** The supervisor ends after these effects of its last step; the state is what was written. */
  private void die(List<Effect> carriedOut) {
    deaths++;
    for (Effect effect : carriedOut) {
      history.add(effect);
      carryOut(effect);
    }
    boolean inPlace = random.nextInt(3) == 0;
    history.add(inPlace ? "the supervisor replaces itself" : "the supervisor dies");
    due.removeIf(event -> !(event instanceof Event.Listen));
    asked.retainAll(answers.keySet());
    now += random.nextInt(6_000);
    workers.values().removeIf(worker -> worker.hung || random.nextInt(10) == 0);
    due.removeIf(event -> event instanceof Event.Listen e && !workers.containsKey(e.generation()));
    SortedMap<Integer, SortedMap<Integer, SeatRole>> seats = new TreeMap<>();
    SortedSet<Integer> regained = new TreeSet<>(inPlace ? open : Set.of());
    for (Worker worker : workers.values()) {
      seats.put(worker.generation, worker.seats);
      due.add(new Event.Connected(worker.generation));
      due.addAll(worker.waiting.values());
      worker.seats.forEach(
          (listener, role) -> {
            if (role == SeatRole.SHARED) {
              regained.add(listener);
            }
          });
    }
    if (!open.containsAll(regained)) {
      throw new AssertionError(regained + " is regained, but only these were open: " + open);
    }
    open.retainAll(regained);
    State memory = written;
    if (memory.release() != null) {
      served.add(memory.release());
    }
    state = State.initial(settings);
    before = state;
    startsOver |= memory.stopping();
    List<Address> pinned =
        random.nextInt(4) == 0 ? List.of(new Address("127.0.0.1", 7)) : List.of();
    feed(
        seats.isEmpty() && regained.isEmpty()
            ? new Event.Begin(pinned)
            : new Event.Adopt(memory, seats, addresses(regained), pinned));
    before = state;
    if (state.stopping()) {
      // a TERM that had not been obeyed yet followed in the same step: nothing serves now
      lastEffects.clear();
    }
  }

  private SortedMap<Integer, Address> addresses(SortedSet<Integer> listeners) {
    SortedMap<Integer, Address> addresses = new TreeMap<>();
    listeners.forEach(id -> addresses.put(id, Objects.requireNonNull(bound.get(id))));
    return addresses;
  }

  private void listen(Event.Listen event) {
    Worker worker = workers.get(event.generation());
    if (worker != null) {
      worker.waiting.put(event.request(), event);
    }
    feed(event);
  }

  /** One more thing happens. */
  void step() {
    int dice = random.nextInt(100);
    if (!due.isEmpty() && dice < 60) {
      Event event = due.remove(calm ? 0 : random.nextInt(due.size()));
      if (event instanceof Event.Listen e) {
        listen(e);
      } else {
        feed(event);
      }
    } else if (dice < 75 || calm) {
      if (state.nextDeadline().isPresent() && (calm || random.nextInt(3) == 0)) {
        now = Math.max(now, state.nextDeadline().getAsLong());
      } else {
        now += random.nextInt(400);
      }
      feed(new Event.Tick());
    } else if (dice < 85) {
      operator();
    } else {
      worker();
    }
  }

  private void operator() {
    int dice = random.nextInt(200);
    Signal signal =
        dice < 110
            ? Signal.HUP
            : dice < 150
                ? Signal.USR2
                : dice < 190 ? Signal.USR1 : dice < 198 ? Signal.TSTP : Signal.TERM;
    long requester = random.nextBoolean() ? 0 : ++requesters;
    if (requester != 0) {
      asked.add(requester);
    }
    if (signal == Signal.HUP && random.nextInt(4) == 0) {
      feed(new Event.Asked(Action.rollback(requester)));
      return;
    }
    feed(new Event.Asked(new Action(signal, requester, random.nextInt(5) == 0 ? "b.jar" : null)));
  }

  void stop() {
    feed(new Event.Asked(new Action(Signal.TERM, 0, null)));
  }

  private void worker() {
    if (workers.isEmpty()) {
      return;
    }
    List<Worker> all = new ArrayList<>(workers.values());
    Worker worker = all.get(random.nextInt(all.size()));
    int number = worker.generation;
    int dice = random.nextInt(100);
    if (dice < 4) {
      exit(worker, "was killed by signal 9 (KILL)");
    } else if (dice < 8 && worker.terminated && !worker.hung) {
      exit(worker, "exited with 143");
    } else if (worker.hung) {
      return;
    } else if (dice < 60) {
      int port = random.nextInt(20) == 0 ? 9 : 1 + random.nextInt(2);
      String host = random.nextBoolean() ? "::" : "0.0.0.0";
      listen(new Event.Listen(number, ++requests, new Address(host, port)));
    } else if (dice < 64) {
      Generation generation = state.generations().get(number);
      if (generation != null && !generation.claims().isEmpty()) {
        worker.seats.remove(generation.claims().first());
        feed(new Event.Unlisten(number, generation.claims().first()));
      }
    } else if (dice < 68) {
      feed(new Event.Held(number));
    } else if (dice < 74) {
      feed(new Event.SaidReady(number));
    } else if (dice < 78) {
      feed(new Event.HooksKnown(number, random.nextInt(1 << 12)));
    } else if (dice < 80) {
      feed(new Event.Exiting(number));
    } else if (dice < 84) {
      feed(new Event.Connected(number));
    } else if (dice < 88) {
      feed(new Event.ProbeProblem(number, "GET /health answered 503"));
    } else if (dice < 92) {
      feed(new Event.Reseated(number, random.nextInt(50), Set.of()));
    } else if (dice < 96) {
      feed(new Event.Idle(number));
    } else {
      feed(new Event.ProbeOk(number));
    }
  }

  private void exit(Worker worker, String how) {
    workers.remove(worker.generation);
    feed(new Event.Exited(worker.generation, how, List.of("last line")));
  }

  private void carryOut(Effect effect) {
    if (effect instanceof Effect.Prepare e) {
      due.add(
          random.nextInt(6) == 0
              ? new Event.PrepareFailed(e.upgrade(), "not a jar")
              : new Event.Prepared(e.upgrade(), "r" + random.nextInt(5)));
    } else if (effect instanceof Effect.Recall e) {
      due.add(
          random.nextInt(6) == 0
              ? new Event.PrepareFailed(e.upgrade(), "not kept any more")
              : new Event.Prepared(e.upgrade(), e.release()));
    } else if (effect instanceof Effect.Spawn e) {
      if (random.nextInt(20) == 0) {
        due.add(new Event.NotStarted(e.generation(), "no process can be made"));
      } else {
        workers.put(e.generation(), new Worker(e.generation(), random.nextInt(8) == 0));
        due.add(new Event.Connected(e.generation()));
        for (int port = 1; port <= 2; port++) {
          if (random.nextInt(8) != 0) {
            due.add(new Event.Listen(e.generation(), ++requests, new Address("::", port)));
          }
        }
      }
    } else if (effect instanceof Effect.Open e) {
      bound.put(e.listener(), e.address());
      if (!open.add(e.listener())) {
        throw new AssertionError("opened twice: " + e);
      }
      if (random.nextInt(15) == 0) {
        open.remove(e.listener());
        due.add(new Event.Refused(e.listener(), 98, "Address already in use"));
      } else {
        due.add(new Event.Opened(e.listener()));
      }
    } else if (effect instanceof Effect.Close e) {
      if (!open.remove(e.listener())) {
        throw new AssertionError("closed but not open: " + e);
      }
    } else if (effect instanceof Effect.Judge e) {
      if (e.good()) {
        served.add(e.release());
      }
    } else if (effect instanceof Effect.Probe e) {
      answerUnlessHung(e.generation(), new Event.ProbeOk(e.generation()));
    } else if (effect instanceof Effect.Grant e) {
      Worker worker = workers.get(e.generation());
      if (worker != null) {
        worker.waiting.remove(e.request());
        worker.seats.put(e.listener(), e.role());
      }
    } else if (effect instanceof Effect.Refuse e) {
      Worker worker = workers.get(e.generation());
      if (worker != null) {
        worker.waiting.remove(e.request());
      }
    } else if (effect instanceof Effect.Reseat e) {
      Worker worker = workers.get(e.generation());
      if (worker != null && !worker.hung) {
        e.listeners().forEach(id -> worker.seats.replace(id, e.role()));
      }
      answerUnlessHung(e.generation(), new Event.Reseated(e.generation(), e.sequence(), Set.of()));
    } else if (effect instanceof Effect.WatchConnections e) {
      answerUnlessHung(e.generation(), new Event.Idle(e.generation()));
    } else if (effect instanceof Effect.Quiet e) {
      due.add(new Event.QueueServed(e.listener()));
    } else if (effect instanceof Effect.RunHook e) {
      answerUnlessHung(e.generation(), new Event.HookDone(e.generation(), e.id()));
    } else if (effect instanceof Effect.Answer e) {
      answers.merge(e.requester(), 1, Integer::sum);
    } else if (effect instanceof Effect.Terminate e) {
      Worker worker = workers.get(e.generation());
      if (worker != null) {
        worker.terminated = true;
        if (calm && !worker.hung) {
          leave(e.generation(), "exited with 143");
        }
      }
    } else if (effect instanceof Effect.Kill e) {
      leave(e.generation(), "was killed by signal 9 (KILL)");
    }
  }

  /** The process is gone; the core hears of it later. */
  private void leave(int generation, String how) {
    if (workers.remove(generation) != null) {
      due.add(new Event.Exited(generation, how, List.of()));
    }
  }

  /**
   * Compares what workers have under their seats with what the core believes.
   *
   * @return a difference, or null
   */
  @Nullable String misplaced() {
    for (Worker worker : workers.values()) {
      Generation generation = state.generations().get(worker.generation);
      if (generation == null || worker.hung) {
        continue;
      }
      for (Map.Entry<Integer, SeatRole> seat : worker.seats.entrySet()) {
        int id = seat.getKey();
        boolean shared = seat.getValue() == SeatRole.SHARED;
        boolean claims = generation.claims().contains(id);
        if (shared && !claims && !generation.reseating().contains(id)) {
          return generation.name() + " accepts on " + id + " and nobody tells it not to";
        }
        if (!shared && claims && generation.state() == GenerationState.SERVING) {
          return generation.name() + " is to serve on " + id + " and has no shared seat for it";
        }
      }
    }
    return null;
  }

  private void answerUnlessHung(int generation, Event event) {
    Worker worker = workers.get(generation);
    if (worker != null && !worker.hung && random.nextInt(12) != 0) {
      due.add(event);
    }
  }
}
