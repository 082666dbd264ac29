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
    long since,
    List<Long> requesters,
    @Nullable String cancelled) {
  public Upgrade {
    requesters = List.copyOf(requesters);
  }

  Upgrade generation(int number) {
    return new Upgrade(id, purpose, number, 0, source, release, since, requesters, cancelled);
  }

  Upgrade after(int number, String id) {
    return new Upgrade(
        this.id, purpose, generation, number, source, id, since, requesters, cancelled);
  }

  /** Nobody waits for its verdict any more. */
  Upgrade unattended() {
    return new Upgrade(
        id, purpose, generation, leaving, source, release, since, List.of(), cancelled);
  }

  Upgrade cancel(String reason) {
    return new Upgrade(
        id, purpose, generation, leaving, source, release, since, requesters, reason);
  }
}
