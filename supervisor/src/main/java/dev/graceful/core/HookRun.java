package dev.graceful.core;

/**
 * A hook that the serving worker is running.
 *
 * @param id number of the request to the worker
 * @param generation that worker
 * @param action what it belongs to
 * @param after whether the action has been performed already
 */
public record HookRun(int id, int generation, Action action, boolean after) {}
