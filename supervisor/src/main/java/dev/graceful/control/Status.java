package dev.graceful.control;

import java.util.List;

/**
 * The state of an instance, as {@code status --json} shows it; the names of its fields there are
 * snake_case of those here, with {@code uptime_s} for uptimeSeconds.
 *
 * @param pid the supervisor's
 * @param state starting, serving, reloading or stopping
 * @param generation the one that serves; 0 = none
 * @param release the id that serves; empty if none does
 */
public record Status(
    String name,
    long pid,
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
