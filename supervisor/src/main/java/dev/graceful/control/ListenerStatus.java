package dev.graceful.control;

/**
 * A listener that the supervisor owns.
 *
 * @param acceptQueue connections that wait to be accepted
 */
public record ListenerStatus(String address, int port, int acceptQueue) {}
