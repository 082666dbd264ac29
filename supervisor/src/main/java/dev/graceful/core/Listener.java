package dev.graceful.core;

/**
 * A listening socket that the supervisor owns.
 *
 * @param id its number in this supervisor's life
 * @param pinned opened by the operator's wish: stays open whether claimed or not
 * @param quiet it takes no new connections, while its accept queue is served
 */
public record Listener(int id, Address address, boolean pinned, boolean quiet) {
  Listener pinned(boolean now) {
    return new Listener(id, address, now, quiet);
  }

  Listener quiet(boolean now) {
    return new Listener(id, address, pinned, now);
  }
}
