package dev.graceful.demo.soak;

import java.util.List;
import java.util.Map;

/**
 * What a load has seen.
 *
 * @param answered requests that got their whole answer
 * @param versions of them, how many from each version
 * @param failures requests without their whole, right answer, by cause
 * @param examples the first failures, each with the time since the load began
 * @param connections how many were made
 * @param versionChanges how often an answer came from another version than the one before it on the
 *     same connection
 * @param closedIdle kept connections that the server closed between two requests, unannounced
 * @param closedWithNotice kept connections that the server closed with an answer that says so: how
 *     many, by how many requests they had carried
 * @param slowestMillis the longest time that a request took, its connect included
 */
public record Tally(
    long answered,
    Map<String, Long> versions,
    Map<String, Long> failures,
    List<String> examples,
    long connections,
    long versionChanges,
    long closedIdle,
    Map<Long, Long> closedWithNotice,
    long slowestMillis) {
  public Tally {
    versions = Map.copyOf(versions);
    failures = Map.copyOf(failures);
    examples = List.copyOf(examples);
    closedWithNotice = Map.copyOf(closedWithNotice);
  }

  /** Of a load that never was. */
  public static Tally none() {
    return new Tally(0, Map.of(), Map.of(), List.of(), 0, 0, 0, Map.of(), 0);
  }

  /** How many requests failed. */
  public long failed() {
    return failures.values().stream().mapToLong(Long::longValue).sum();
  }
}
