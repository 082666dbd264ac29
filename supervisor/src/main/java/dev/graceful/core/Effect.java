package dev.graceful.core;

import java.util.SortedSet;
import org.jspecify.annotations.Nullable;

/** What the loop is to do. */
public sealed interface Effect {
  /** Make a release of the jar as it is now; {@code source} replaces the jar from now on. */
  record Prepare(int upgrade, @Nullable String source) implements Effect {}

  /** See whether that release is kept still, to run it again. */
  record Recall(int upgrade, String release) implements Effect {}

  /** Write down that a release serves, or that it was rolled back. */
  record Judge(String release, boolean good) implements Effect {}

  /** Start a worker. */
  record Spawn(int generation, String release) implements Effect {}

  /**
   * Bind and listen; for the request of a worker ({@code generation} 0: the operator's wish) with
   * the socket that came with it.
   */
  record Open(int listener, Address address, int generation, int request) implements Effect {}

  /** Give the worker a listener for its request. */
  record Grant(int generation, int request, int listener, SeatRole role) implements Effect {}

  /** Tell the worker that the system refuses its bind. */
  record Refuse(int generation, int request, int errno) implements Effect {}

  /** Prove that the worker serves on its private listeners. */
  record Probe(int generation, SortedSet<Integer> listeners) implements Effect {}

  /** End the probe. */
  record CancelProbe(int generation) implements Effect {}

  /** Put other listeners under the worker's seats. */
  record Reseat(int generation, int sequence, SeatRole role, SortedSet<Integer> listeners)
      implements Effect {}

  /** Tell the worker that it serves, and let it print directly. */
  record NowServing(int generation) implements Effect {}

  /** Tell the worker that it drains; {@code millis} until the hammer, negative for no limit. */
  record TellDrain(int generation, long millis) implements Effect {}

  /**
   * Let the live connections of one worker pass to another, which has the listeners they are of.
   */
  record Pass(int from, int to) implements Effect {}

  /** Say {@link Event.Idle} when the worker has no connection left. */
  record WatchConnections(int generation) implements Effect {}

  /** Let no new connection into the listener, and say {@link Event.QueueServed}. */
  record Quiet(int listener) implements Effect {}

  /** Let new connections in again. */
  record Unquiet(int listener) implements Effect {}

  /** Close the listener for good. */
  record Close(int listener) implements Effect {}

  /** Send TERM. */
  record Terminate(int generation) implements Effect {}

  /** Send KILL. */
  record Kill(int generation) implements Effect {}

  /** Let the worker run its hooks. */
  record RunHook(int generation, int id, boolean after, Signal signal) implements Effect {}

  /** Tell the one who asked how it ended. */
  record Answer(long requester, int exitCode, String message) implements Effect {}

  /** Tell the operator. */
  record Say(boolean warning, String line) implements Effect {}

  /** All is done: leave with this exit code. */
  record Finish(int exitCode) implements Effect {}
}
