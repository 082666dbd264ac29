package dev.graceful.core;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The one upgrade (or first start) under way.
 *
 * @param id unique in this supervisor's life
 * @param generation the generation started for it; 0 while the release is being made
 * @param leaving the generation that has to end before another may start, or 0
 * @param source another jar that the release is made of, or null for the one of before
 * @param release what is started then
 * @param rollback it goes back to a release that was good, and the one that serves is bad
 * @param since when it was asked for, in milliseconds of the loop's clock
 * @param requesters who waits for the verdict
 * @param cancelled it fails as soon as it can, for this reason
 */
public record Upgrade(
    int id,
    Purpose purpose,
    int generation,
    int leaving,
    @Nullable String source,
    @Nullable String release,
    boolean rollback,
    long since,
    List<Long> requesters,
    @Nullable String cancelled) {
  public Upgrade {
    requesters = List.copyOf(requesters);
  }

  /** What the operator calls it. */
  String word() {
    return rollback ? "rollback" : "reload";
  }

  Upgrade generation(int number) {
    return with(number, 0, release, requesters, cancelled);
  }

  Upgrade after(int number, String id) {
    return with(generation, number, id, requesters, cancelled);
  }

  /** Nobody waits for its verdict any more. */
  Upgrade unattended() {
    return with(generation, leaving, release, List.of(), cancelled);
  }

  Upgrade cancel(String reason) {
    return with(generation, leaving, release, requesters, reason);
  }

  private Upgrade with(
      int number, int waitFor, @Nullable String id, List<Long> waiting, @Nullable String reason) {
    return new Upgrade(
        this.id, purpose, number, waitFor, source, id, rollback, since, waiting, reason);
  }
}
