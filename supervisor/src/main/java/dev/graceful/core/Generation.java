package dev.graceful.core;

import java.util.Collections;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * One launch of a worker.
 *
 * @param number 1, 2, ...
 * @param release id of the release that it runs
 * @param since when it was started, in milliseconds of the loop's clock
 * @param servingSince when it began to serve, or 0
 * @param claims listeners that it has a seat for and has not been told to leave
 * @param held the application says itself when it is ready
 * @param saidReady it has said so
 * @param probing its probe is under way
 * @param exiting its JVM has begun to shut down
 * @param hooks bits of the hooks that it has, as {@link Signal#bit}
 * @param reseat number of the reseat that has not been acknowledged, or 0
 * @param reseating the listeners of that reseat
 * @param passingTo the generation that its live connections pass to, or 0
 * @param problem what kept it from being ready so far, for the verdict
 * @param failure why it was given up
 */
public record Generation(
    int number,
    Purpose purpose,
    String release,
    GenerationState state,
    long since,
    long servingSince,
    SortedSet<Integer> claims,
    boolean held,
    boolean saidReady,
    boolean probing,
    boolean exiting,
    int hooks,
    int reseat,
    SortedSet<Integer> reseating,
    int passingTo,
    @Nullable String problem,
    @Nullable String failure) {

  static final SortedSet<Integer> NONE = Collections.emptySortedSet();

  public Generation {
    claims = Collections.unmodifiableSortedSet(new TreeSet<>(claims));
    reseating = Collections.unmodifiableSortedSet(new TreeSet<>(reseating));
  }

  static Generation start(int number, Purpose purpose, String release, long now) {
    return new Draft(number, purpose, release, now).generation();
  }

  /** How it is called in messages. */
  public String name() {
    return "g" + number;
  }

  Generation become(GenerationState next, long now) {
    if (!state.next().contains(next)) {
      throw new IllegalStateException(name() + " cannot become " + next + " from " + state);
    }
    return with(
        draft -> {
          draft.state = next;
          draft.servingSince = next == GenerationState.SERVING ? now : servingSince;
          draft.probing = probing && next.candidate();
        });
  }

  Generation claim(int listener) {
    return with(draft -> draft.claims.add(listener));
  }

  Generation unclaim(Set<Integer> listeners) {
    return with(draft -> draft.claims.removeAll(listeners));
  }

  /** There is no seat to be changed any more. */
  Generation unseat(int listener) {
    return with(draft -> draft.reseating.remove(listener));
  }

  Generation readiness(boolean nowHeld, boolean nowSaidReady, boolean nowProbing) {
    return with(
        draft -> {
          draft.held = nowHeld;
          draft.saidReady = nowSaidReady;
          draft.probing = nowProbing;
        });
  }

  Generation reseat(int sequence, SortedSet<Integer> seats) {
    return with(
        draft -> {
          draft.reseat = sequence;
          draft.reseating = new TreeSet<>(seats);
        });
  }

  Generation told(boolean nowExiting, int nowHooks) {
    return with(
        draft -> {
          draft.exiting = nowExiting;
          draft.hooks = nowHooks;
        });
  }

  Generation passing(int successor) {
    return with(draft -> draft.passingTo = successor);
  }

  Generation trouble(@Nullable String nowProblem, @Nullable String nowFailure) {
    return with(
        draft -> {
          draft.problem = nowProblem;
          draft.failure = nowFailure;
        });
  }

  private Generation with(Consumer<Draft> change) {
    Draft draft = new Draft(this);
    change.accept(draft);
    return draft.generation();
  }

  /** The one place that names every field, so that a change names only its own. */
  private static final class Draft {
    final int number;
    final Purpose purpose;
    final String release;
    final long since;
    GenerationState state = GenerationState.STARTING;
    long servingSince;
    SortedSet<Integer> claims = new TreeSet<>();
    boolean held;
    boolean saidReady;
    boolean probing;
    boolean exiting;
    int hooks;
    int reseat;
    SortedSet<Integer> reseating = new TreeSet<>();
    int passingTo;
    @Nullable String problem;
    @Nullable String failure;

    Draft(int number, Purpose purpose, String release, long now) {
      this.number = number;
      this.purpose = purpose;
      this.release = release;
      this.since = now;
    }

    Draft(Generation from) {
      this(from.number, from.purpose, from.release, from.since);
      state = from.state;
      servingSince = from.servingSince;
      claims.addAll(from.claims);
      held = from.held;
      saidReady = from.saidReady;
      probing = from.probing;
      exiting = from.exiting;
      hooks = from.hooks;
      reseat = from.reseat;
      reseating.addAll(from.reseating);
      passingTo = from.passingTo;
      problem = from.problem;
      failure = from.failure;
    }

    Generation generation() {
      return new Generation(
          number,
          purpose,
          release,
          state,
          since,
          servingSince,
          claims,
          held,
          saidReady,
          probing,
          exiting,
          hooks,
          reseat,
          reseating,
          passingTo,
          problem,
          failure);
    }
  }
}
