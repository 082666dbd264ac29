package dev.graceful.supervisor;

import dev.graceful.core.Address;
import dev.graceful.core.Event;
import dev.graceful.core.Generation;
import dev.graceful.core.Listener;
import dev.graceful.core.SeatRole;
import dev.graceful.core.State;
import dev.graceful.listener.Listeners;
import dev.graceful.posix.NativeProcesses;
import dev.graceful.posix.Signals;
import dev.graceful.wire.LibC;
import dev.graceful.wire.Message;
import dev.graceful.wire.Role;
import dev.graceful.wire.WireSocket;
import java.io.IOException;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The time between the start of a supervisor that follows another and its first event: the workers
 * come back one by one, and each tells what it has and gives the shared listeners back. The main
 * thread's, as the loop is afterwards.
 */
final class Reunion implements Links.Receiver {
  private static final Logger LOG = LoggerFactory.getLogger("graceful");

  /** When the operator is told whom we wait for, and when whoever is missing is given up. */
  private static final long TELL_MILLIS = 2_000;

  private static final long MOST_MILLIS = 30_000;
  private static final long LOOK_MILLIS = 20;

  private final Loop loop;
  private final Workers workers;
  private final Listeners listeners;
  private final Links.Receiver usual;
  private final State memory;
  private final SortedMap<Integer, Survivors.Survivor> survivors;
  private final SortedMap<Integer, SortedMap<Integer, SeatRole>> seats = new TreeMap<>();
  private final Set<Integer> told = new HashSet<>();

  /**
   * @param usual gets what a worker says after it has told its seats, once the loop runs
   */
  Reunion(
      Loop loop,
      Workers workers,
      Listeners listeners,
      Links.Receiver usual,
      State memory,
      SortedMap<Integer, Survivors.Survivor> survivors) {
    this.loop = loop;
    this.workers = workers;
    this.listeners = listeners;
    this.usual = usual;
    this.memory = memory;
    this.survivors = new TreeMap<>(survivors);
  }

  /** Waits until all have told what they have, or have ended; kills who does neither. */
  Event.Adopt run(Reception reception, List<Address> pinned) throws InterruptedException {
    long begun = System.nanoTime();
    boolean said = false;
    while (!missing().isEmpty()) {
      reception.handle(LOOK_MILLIS);
      survivors.values().removeIf(survivor -> missing(survivor) && !survivor.isAlive());
      long millis = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - begun);
      if (!said && millis > TELL_MILLIS && !missing().isEmpty()) {
        said = true;
        LOG.warn(
            "waiting for {} to come back; who does not within {} s is killed",
            words(missing()),
            MOST_MILLIS / 1000);
      }
      if (millis > MOST_MILLIS) {
        giveUp();
      }
    }
    seats.keySet().retainAll(survivors.keySet());
    survivors.keySet().forEach(this::giveStreams);
    reception.close();
    SortedMap<Integer, Address> regained = new TreeMap<>();
    for (int id : listeners.all()) {
      Listener known = memory.listeners().get(id);
      Address actual = Inbound.address(listeners.address(id));
      regained.put(id, known == null ? actual : known.address());
    }
    return new Event.Adopt(memory, seats, regained, pinned);
  }

  static String words(Collection<Survivors.Survivor> some) {
    return String.join(", ", some.stream().map(Survivors.Survivor::toString).toList());
  }

  private List<Survivors.Survivor> missing() {
    return survivors.values().stream().filter(this::missing).toList();
  }

  private boolean missing(Survivors.Survivor survivor) {
    return !told.contains(survivor.generation());
  }

  /** Who drains prints to the streams of the supervisor that was; who is to serve gets ours yet. */
  private void giveStreams(int number) {
    Worker worker = workers.get(number);
    Generation generation = memory.generations().get(number);
    if (worker != null && generation != null && generation.state().leaving()) {
      worker.send(new Message.Streams(), 1, 2);
      workers.printsDirectly(worker);
    }
  }

  private void giveUp() {
    for (Survivors.Survivor survivor : missing()) {
      LOG.warn("{} does not come back: it is killed", survivor);
      NativeProcesses.signal(survivor.pid(), survivor.startTime(), Signals.KILL);
      survivors.remove(survivor.generation());
    }
  }

  @Override
  public boolean welcome(Message.Hello hello, int pid, WireSocket socket) {
    Survivors.Survivor survivor = survivors.get(hello.generation());
    if (survivor == null || survivor.pid() != pid || !survivor.isAlive()) {
      return false;
    }
    // once more from the beginning, if it has hung up in between
    told.remove(hello.generation());
    seats.put(hello.generation(), new TreeMap<>());
    return workers.link(hello, pid, socket);
  }

  @Override
  public void lost(int generation, WireSocket socket) {
    // its process is what counts: it comes again, or has ended
  }

  @Override
  public void received(int generation, WireSocket.Received received, WireSocket socket) {
    Worker worker = workers.get(generation);
    SortedMap<Integer, SeatRole> own = seats.get(generation);
    if (worker == null || own == null || !worker.linkedBy(socket)) {
      received.discard();
    } else if (told.contains(generation)) {
      loop.post(() -> usual.received(generation, received, socket));
    } else if (received.message() instanceof Message.Seated seated) {
      worker.ports().add(seated.address().getPort());
      worker.backlog(seated.listener(), seated.backlog());
      own.put(seated.listener(), SeatRole.valueOf(seated.role().name()));
      regain(worker, seated, received);
    } else if (received.message() instanceof Message.SeatsTold end) {
      received.discard();
      worker.ports().addAll(end.formerPorts());
      told.add(generation);
    } else {
      received.discard();
      LOG.debug("g{} said {} too early: ignored", generation, received.message());
    }
  }

  private void regain(Worker worker, Message.Seated seated, WireSocket.Received received) {
    Listener known = memory.listeners().get(seated.listener());
    if (seated.role() != Role.SHARED
        || received.descriptors().length != 1
        || listeners.has(seated.listener())) {
      received.discard();
      return;
    }
    int descriptor = received.descriptors()[0];
    if (known != null && !Inbound.address(seated.address()).matches(known.address())) {
      LibC.close(descriptor);
      LOG.warn(
          "g{} has {} as listener {}, which is {}: not taken back",
          worker.generation(),
          seated.address(),
          known.id(),
          known.address());
      return;
    }
    try {
      listeners.adopt(seated.listener(), seated.address(), descriptor);
    } catch (IOException e) {
      LOG.warn(
          "listener {} is not taken back from g{}: {}",
          seated.listener(),
          worker.generation(),
          e.getMessage());
    }
  }
}
