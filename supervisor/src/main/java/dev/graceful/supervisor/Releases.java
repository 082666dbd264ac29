package dev.graceful.supervisor;

import dev.graceful.archive.FastStarts;
import dev.graceful.core.Event;
import dev.graceful.core.Generation;
import dev.graceful.release.Release;
import dev.graceful.release.ReleaseException;
import dev.graceful.release.ReleaseStore;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Makes releases beside the loop. The loop's thread only. */
final class Releases {
  private final Loop loop;
  private final ReleaseStore store;
  private final FastStarts fastStarts;
  private final int keep;
  private final Map<String, Release> known = new HashMap<>();
  private Path source;

  Releases(Loop loop, ReleaseStore store, FastStarts fastStarts, Path jar, int keep) {
    this.loop = loop;
    this.fastStarts = fastStarts;
    this.store = store;
    this.source = jar;
    this.keep = keep;
  }

  /** The jar that releases are made of. */
  Path source() {
    return source;
  }

  /** Posts {@link Event.Prepared} or {@link Event.PrepareFailed}. */
  void prepare(int upgrade, @Nullable String otherJar) {
    Path jar = otherJar == null ? source : Path.of(otherJar);
    Threads.start("release", () -> make(upgrade, jar));
  }

  private void make(int upgrade, Path jar) {
    try {
      Release release = store.add(jar);
      fastStarts.prepare(release.id(), release.jar());
      loop.post(
          () -> {
            source = jar;
            known.put(release.id(), release);
            loop.feed(new Event.Prepared(upgrade, release.id()));
          });
    } catch (ReleaseException e) {
      String reason = String.valueOf(e.getMessage());
      loop.post(new Event.PrepareFailed(upgrade, reason));
    } catch (RuntimeException e) {
      loop.post(new Event.PrepareFailed(upgrade, "no release could be made of " + jar + ": " + e));
    }
  }

  Release get(String id) {
    Release release = known.get(id);
    if (release == null) {
      throw new IllegalStateException("no release " + id);
    }
    return release;
  }

  /** Removes old ones, never one that runs or may have to run again. */
  void prune() {
    Set<String> inUse = new HashSet<>();
    for (Generation generation : loop.state().generations().values()) {
      inUse.add(generation.release());
    }
    String last = loop.state().release();
    if (last != null) {
      inUse.add(last);
    }
    Threads.start(
        "prune",
        () -> {
          store.prune(inUse, keep);
          fastStarts.prune(store.list().stream().map(Release::id).collect(Collectors.toSet()));
        });
  }
}
