package dev.graceful.control;

/**
 * Answers one request. Thread-safe, and never blocks: lines are sent by another thread. When the
 * client has gone, nothing happens.
 */
public interface Responder {
  /** Tells the operator how it goes, a line at a time. */
  void say(String line);

  /** The last word; what follows is ignored. Every request must get it. */
  void done(Outcome outcome);
}
