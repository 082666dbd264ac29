package dev.graceful.supervisor;

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
import org.jspecify.annotations.Nullable;

/** Makes releases beside the loop. The loop's thread only. */
final class Releases {
  private final Loop loop;
  private final ReleaseStore store;
  private final int keep;
  private final Map<String, Release> known = new HashMap<>();
  private Path source;

  Releases(Loop loop, ReleaseStore store, Path jar, int keep) {
    this.loop = loop;
    this.store = store;
    String later = System.getenv(Inheritance.JAR);
    this.source = later == null ? jar : Path.of(later);
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
      // made by an earlier supervisor
      release = store.list().stream().filter(r -> r.id().equals(id)).findFirst().orElse(null);
    }
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
    Threads.start("prune", () -> store.prune(inUse, keep));
  }
}
