package dev.graceful.control;

/**
 * A worker that lives.
 *
 * @param state starting, bound, ready, serving, draining, stopping or exited
 * @param release the id of what it runs
 * @param connections that are open now
 */
public record WorkerStatus(
    int generation,
    long pid,
    String state,
    String release,
    int connections,
    long uptimeSeconds,
    long rssBytes) {}
