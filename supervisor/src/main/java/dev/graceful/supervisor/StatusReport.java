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

/** The state as operators see it. The loop's thread only. */
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

  Outcome make() {
    State state = loop.state();
    String release = state.servingGeneration().map(Generation::release).orElse("");
    Status status =
        new Status(
            name,
            ProcessHandle.current().pid(),
            version(),
            STARTED_MILLIS,
            state.word(),
            state.serving(),
            release,
            listeners(state),
            workers(state),
            lastReload(state.lastReload()));
    return new Outcome(0, "", status);
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

  private List<WorkerStatus> workers(State state) {
    List<WorkerStatus> result = new ArrayList<>();
    for (Worker worker : workers.all()) {
      Generation generation = state.generations().get(worker.generation());
      WorkerProcess process = worker.process();
      if (generation != null && process != null) {
        result.add(
            new WorkerStatus(
                generation.number(),
                process.pid(),
                generation.state().word(),
                generation.release(),
                connections(process, worker),
                (System.nanoTime() - process.startedNanos()) / 1_000_000_000,
                ProcFs.rssBytes(process.pid()).orElse(0)));
      }
    }
    return result;
  }

  private static int connections(WorkerProcess process, Worker worker) {
    try {
      return Connections.count(process.pid(), worker.ports());
    } catch (IOException e) {
      return 0; // it has just ended
    }
  }

  private static LastReload lastReload(Verdict verdict) {
    return new LastReload(
        verdict.word(), verdict.generation(), verdict.millis() / 1000.0, verdict.reason());
  }
}
