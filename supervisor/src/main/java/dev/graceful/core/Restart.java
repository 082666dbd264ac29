package dev.graceful.core;

/**
 * What is done after the serving generation died.
 *
 * @param generation the one being started, or 0 while a pause lasts
 */
public record Restart(int generation) {}
