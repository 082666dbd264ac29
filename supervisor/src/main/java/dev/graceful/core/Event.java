package dev.graceful.core;

import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/** Everything that happens. */
public sealed interface Event {
  /** The supervisor begins; {@code pinned} are the listeners that the operator wants opened. */
  record Begin(List<Address> pinned) implements Event {}

  /**
   * The supervisor begins where another one has ended.
   *
   * @param memory what that one knew when it began its last step; which of that step's effects were
   *     carried out is not known
   * @param seats the generations whose workers are there, and what is under their seats, by
   *     listener
   * @param regained listeners whose descriptors are in our hands, and what they listen on
   * @param pinned listeners that the operator wants opened
   */
  record Adopt(
      State memory,
      SortedMap<Integer, SortedMap<Integer, SeatRole>> seats,
      SortedMap<Integer, Address> regained,
      List<Address> pinned)
      implements Event {
    public Adopt {
      SortedMap<Integer, SortedMap<Integer, SeatRole>> copy = new TreeMap<>();
      seats.forEach((g, s) -> copy.put(g, Collections.unmodifiableSortedMap(new TreeMap<>(s))));
      seats = Collections.unmodifiableSortedMap(copy);
      regained = Collections.unmodifiableSortedMap(new TreeMap<>(regained));
      pinned = List.copyOf(pinned);
    }
  }

  /** A signal or a command. */
  record Asked(Action action) implements Event {}

  /** Time has passed: deadlines may be due. */
  record Tick() implements Event {}

  /** The release of upgrade {@code upgrade} is ready to run. */
  record Prepared(int upgrade, String release) implements Event {}

  /** There is no release to run. */
  record PrepareFailed(int upgrade, String reason) implements Event {}

  /**
   * The process of a generation has ended.
   *
   * @param status as a shell has it, or -1 if it is not known
   */
  record Exited(int generation, String how, List<String> lastLines, int status) implements Event {
    public Exited {
      lastLines = List.copyOf(lastLines);
    }

    public Exited(int generation, String how, List<String> lastLines) {
      this(generation, how, lastLines, -1);
    }
  }

  /** {@link Effect.Spawn} failed: there never was a process, so nothing has crashed. */
  record NotStarted(int generation, String reason) implements Event {}

  /** A worker has connected, for the first time or again. */
  record Connected(int generation) implements Event {}

  /** The application binds. */
  record Listen(int generation, int request, Address address) implements Event {}

  /** {@link Effect.Open} was carried out. */
  record Opened(int listener) implements Event {}

  /** {@link Effect.Open} was refused. */
  record Refused(int listener, int errno, String reason) implements Event {}

  /** The application closed its listener. */
  record Unlisten(int generation, int listener) implements Event {}

  /** The application will say itself when it is ready. */
  record Held(int generation) implements Event {}

  /** The application says that it is ready. */
  record SaidReady(int generation) implements Event {}

  /** The application begins its shutdown. */
  record Exiting(int generation) implements Event {}

  /** Which hooks the application has. */
  record HooksKnown(int generation, int hooks) implements Event {}

  /** A hook has run. */
  record HookDone(int generation, int id) implements Event {}

  /** The probe found the worker serving on its private listeners. */
  record ProbeOk(int generation) implements Event {}

  /** The probe goes on; this is what it met so far. */
  record ProbeProblem(int generation, String problem) implements Event {}

  /** The worker has put the listeners of a reseat under its seats. */
  record Reseated(int generation, int sequence, Set<Integer> failed) implements Event {
    public Reseated {
      failed = Set.copyOf(failed);
    }
  }

  /** The last connection of a draining generation has ended. */
  record Idle(int generation) implements Event {}

  /** The accept queue of a quiet listener has been served. */
  record QueueServed(int listener) implements Event {}
}
