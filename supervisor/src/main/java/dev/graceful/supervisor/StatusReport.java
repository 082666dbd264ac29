package dev.graceful.supervisor;

import dev.graceful.control.LastReload;
import dev.graceful.control.ListenerStatus;
import dev.graceful.control.Outcome;
import dev.graceful.control.Status;
import dev.graceful.control.WorkerStatus;
import dev.graceful.core.Generation;
import dev.graceful.core.Listener;
import dev.graceful.core.State;
import dev.graceful.core.Verdict;
import dev.graceful.listener.Listeners;
import dev.graceful.posix.ProcFs;
import dev.graceful.process.Connections;
import dev.graceful.process.WorkerProcess;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;

/** The state as operators see it. */
final class StatusReport {
  /** Of this program, not of this process: that may have run another one before. */
  private static final long STARTED_MILLIS = System.currentTimeMillis();

  private final Loop loop;
  private final String name;
  private final Listeners listeners;
  private final Workers workers;

  StatusReport(Loop loop, String name, Listeners listeners, Workers workers) {
    this.loop = loop;
    this.name = name;
    this.listeners = listeners;
    this.workers = workers;
  }

  /**
   * Called by the loop's thread; what it returns is not: looking into processes takes its time
   * where they have thousands of connections.
   */
  Supplier<Outcome> make() {
    State state = loop.state();
    String release = state.servingGeneration().map(Generation::release).orElse("");
    List<Supplier<WorkerStatus>> looks = workers(state);
    List<ListenerStatus> queues = listeners(state);
    return () -> {
      List<WorkerStatus> seen = new ArrayList<>();
      for (Supplier<WorkerStatus> look : looks) {
        seen.add(look.get());
      }
      Status status =
          new Status(
              name,
              ProcessHandle.current().pid(),
              version(),
              STARTED_MILLIS,
              state.word(),
              state.serving(),
              release,
              queues,
              seen,
              lastReload(state.lastReload()));
      return new Outcome(0, "", status);
    };
  }

  /** From the manifest of the program's jar. */
  static String version() {
    String version = StatusReport.class.getPackage().getImplementationVersion();
    return version == null ? "(not packaged)" : version;
  }

  private List<ListenerStatus> listeners(State state) {
    List<ListenerStatus> result = new ArrayList<>();
    for (Listener listener : state.listeners().values()) {
      if (state.opening().containsKey(listener.id())) {
        continue;
      }
      int queue = 0;
      try {
        queue = listeners.acceptQueue(listener.id());
      } catch (IOException e) {
        // shown as empty
      }
      result.add(new ListenerStatus(listener.address().host(), listener.address().port(), queue));
    }
    return result;
  }

  private List<Supplier<WorkerStatus>> workers(State state) {
    List<Supplier<WorkerStatus>> looks = new ArrayList<>();
    for (Worker worker : workers.all()) {
      Generation generation = state.generations().get(worker.generation());
      WorkerProcess process = worker.process();
      if (generation != null && process != null) {
        Set<Integer> ports = Set.copyOf(worker.ports());
        looks.add(() -> look(generation, process, ports));
      }
    }
    return looks;
  }

  private static WorkerStatus look(
      Generation generation, WorkerProcess process, Set<Integer> ports) {
    return new WorkerStatus(
        generation.number(),
        process.pid(),
        generation.state().word(),
        generation.release(),
        connections(process, ports),
        (System.nanoTime() - process.startedNanos()) / 1_000_000_000,
        ProcFs.rssBytes(process.pid()).orElse(0));
  }

  private static int connections(WorkerProcess process, Set<Integer> ports) {
    try {
      return Connections.count(process.pid(), ports);
    } catch (IOException e) {
      return 0; // it has just ended
    }
  }

  private static LastReload lastReload(Verdict verdict) {
    return new LastReload(
        verdict.word(), verdict.generation(), verdict.millis() / 1000.0, verdict.reason());
  }
}
