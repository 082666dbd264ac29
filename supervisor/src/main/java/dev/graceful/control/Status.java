package dev.graceful.control;

import java.util.List;

/**
 * The state of an instance, as {@code status --json} shows it; the names of its fields there are
 * snake_case of those here, with {@code uptime_s} for uptimeSeconds and {@code started_ms} for
 * startedMillis.
 *
 * @param pid the supervisor's
 * @param version of the supervisor's program
 * @param startedMillis when that program began to run, in milliseconds since 1970; a supervisor
 *     that has replaced itself keeps its pid, but not this
 * @param state starting, serving, reloading or stopping
 * @param generation the one that serves; 0 = none
 * @param release the id that serves; empty if none does
 */
public record Status(
    String name,
    long pid,
    String version,
    long startedMillis,
    String state,
    int generation,
    String release,
    List<ListenerStatus> listeners,
    List<WorkerStatus> workers,
    LastReload lastReload) {

  public Status {
    listeners = List.copyOf(listeners);
    workers = List.copyOf(workers);
  }
}
