package dev.graceful.core;

import java.util.Collections;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
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
    return new Generation(
        number,
        purpose,
        release,
        GenerationState.STARTING,
        now,
        0,
        NONE,
        false,
        false,
        false,
        false,
        0,
        0,
        NONE,
        0,
        null,
        null);
  }

  /** How it is called in messages. */
  public String name() {
    return "g" + number;
  }

  Generation become(GenerationState next, long now) {
    if (!state.next().contains(next)) {
      throw new IllegalStateException(name() + " cannot become " + next + " from " + state);
    }
    return new Generation(
        number,
        purpose,
        release,
        next,
        since,
        next == GenerationState.SERVING ? now : servingSince,
        claims,
        held,
        saidReady,
        probing && next.candidate(),
        exiting,
        hooks,
        reseat,
        reseating,
        passingTo,
        problem,
        failure);
  }

  Generation claim(int listener) {
    TreeSet<Integer> more = new TreeSet<>(claims);
    more.add(listener);
    return with(more);
  }

  Generation unclaim(Set<Integer> listeners) {
    TreeSet<Integer> fewer = new TreeSet<>(claims);
    fewer.removeAll(listeners);
    return with(fewer);
  }

  /** There is no seat to be changed any more. */
  Generation unseat(int listener) {
    TreeSet<Integer> fewer = new TreeSet<>(reseating);
    fewer.remove(listener);
    return reseat(reseat, fewer);
  }

  private Generation with(SortedSet<Integer> newClaims) {
    return new Generation(
        number,
        purpose,
        release,
        state,
        since,
        servingSince,
        newClaims,
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

  Generation readiness(boolean nowHeld, boolean nowSaidReady, boolean nowProbing) {
    return new Generation(
        number,
        purpose,
        release,
        state,
        since,
        servingSince,
        claims,
        nowHeld,
        nowSaidReady,
        nowProbing,
        exiting,
        hooks,
        reseat,
        reseating,
        passingTo,
        problem,
        failure);
  }

  Generation reseat(int sequence, SortedSet<Integer> listeners) {
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
        sequence,
        listeners,
        passingTo,
        problem,
        failure);
  }

  Generation told(boolean nowExiting, int nowHooks) {
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
        nowExiting,
        nowHooks,
        reseat,
        reseating,
        passingTo,
        problem,
        failure);
  }

  Generation passing(int successor) {
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
        successor,
        problem,
        failure);
  }

  Generation trouble(@Nullable String nowProblem, @Nullable String nowFailure) {
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
        nowProblem,
        nowFailure);
  }
}
