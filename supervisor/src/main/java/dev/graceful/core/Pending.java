package dev.graceful.core;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The reload that was asked for during an upgrade: however often it was, it is one.
 *
 * @param requesters who waits for its verdict
 * @param source another jar, if the last that asked for one named it
 */
public record Pending(List<Long> requesters, @Nullable String source) {
  public Pending {
    requesters = List.copyOf(requesters);
  }
}
