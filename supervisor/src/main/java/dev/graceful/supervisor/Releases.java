package dev.graceful.supervisor;

import dev.graceful.archive.FastStarts;
import dev.graceful.control.Outcome;
import dev.graceful.core.Event;
import dev.graceful.core.Generation;
import dev.graceful.core.Good;
import dev.graceful.core.History;
import dev.graceful.release.Release;
import dev.graceful.release.Release.Verdict;
import dev.graceful.release.ReleaseException;
import dev.graceful.release.ReleaseStore;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Makes releases beside the loop, and finds them again. The loop's thread only. */
final class Releases {
  private final Loop loop;
  private final ReleaseStore store;
  private final FastStarts fastStarts;
  private final int keep;
  private final Headroom headroom;
  private final Map<String, Release> known = new HashMap<>();

  /** In the order in which it was asked for. */
  private final ThreadPoolExecutor keeper;

  private Path source;

  Releases(
      Loop loop, ReleaseStore store, FastStarts fastStarts, Path jar, int keep, Headroom headroom) {
    this.loop = loop;
    this.fastStarts = fastStarts;
    this.store = store;
    String later = System.getenv(Inheritance.JAR);
    this.source = later == null ? jar : Path.of(later);
    this.keep = keep;
    this.headroom = headroom;
    keeper =
        new ThreadPoolExecutor(
            1,
            1,
            1,
            TimeUnit.SECONDS,
            new LinkedBlockingQueue<>(),
            work -> {
              Thread thread = new Thread(null, work, "releases", 256 * 1024);
              thread.setDaemon(true);
              return thread;
            });
    keeper.allowCoreThreadTimeOut(true);
  }

  /**
   * What earlier runs found good. Only of this very jar: another application may have run under the
   * same name.
   */
  static History history(ReleaseStore store, Path jar) {
    List<Good> good = new ArrayList<>();
    for (Release release : store.good()) {
      if (release.source().equals(jar)) {
        good.add(new Good(release.id(), List.of()));
      }
    }
    return new History(good, List.of());
  }

  /** The jar that releases are made of. */
  Path source() {
    return source;
  }

  /** Posts {@link Event.Prepared} or {@link Event.PrepareFailed}. */
  void prepare(int upgrade, @Nullable String otherJar) {
    Optional<String> refusal = headroom.refusal();
    if (refusal.isPresent()) {
      loop.feed(new Event.PrepareFailed(upgrade, refusal.get()));
      return;
    }
    Path jar = otherJar == null ? source : Path.of(otherJar);
    try {
      Threads.start("release", () -> make(upgrade, jar));
    } catch (IllegalStateException e) {
      loop.feed(new Event.PrepareFailed(upgrade, String.valueOf(e.getMessage())));
    }
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

  /** Posts {@link Event.Prepared} or {@link Event.PrepareFailed} for a release of earlier. */
  void recall(int upgrade, String id) {
    Optional<String> refusal = headroom.refusal();
    Optional<Release> release = find(id);
    if (refusal.isEmpty() && release.isPresent()) {
      Threads.start("release", () -> recall(upgrade, release.get()));
      return;
    }
    String reason =
        refusal.orElse(
            "release " + id + " is not kept any more (--keep); reload with its jar instead");
    loop.feed(new Event.PrepareFailed(upgrade, reason));
  }

  private void recall(int upgrade, Release release) {
    fastStarts.prepare(release.id(), release.jar());
    loop.post(new Event.Prepared(upgrade, release.id()));
  }

  /** A release, if it is kept still. */
  Optional<Release> find(String id) {
    Release release = known.get(id);
    return release != null ? Optional.of(release) : store.find(id);
  }

  /** Writes down what became of a release. */
  void judge(String id, boolean good) {
    later(() -> store.judge(id, good ? Verdict.GOOD : Verdict.BAD));
  }

  /** Removes old ones, never one that runs or may have to run again. */
  void prune() {
    Set<String> inUse = running();
    loop.state().history().last().ifPresent(good -> inUse.add(good.release()));
    later(
        () -> {
          store.prune(inUse, keep);
          fastStarts.prune(
              () -> store.list().stream().map(Release::id).collect(Collectors.toSet()));
        });
  }

  private void later(Runnable work) {
    try {
      keeper.execute(work);
    } catch (OutOfMemoryError e) {
      // no thread can be made: an old release stays a while longer
    }
  }

  /** Those that run, and the one that would be started again. */
  private Set<String> running() {
    Set<String> inUse = new HashSet<>();
    for (Generation generation : loop.state().generations().values()) {
      inUse.add(generation.release());
    }
    String last = loop.state().release();
    if (last != null) {
      inUse.add(last);
    }
    return inUse;
  }

  /** What operators are told, which takes reading the disk: not by the loop's thread. */
  Supplier<Outcome> list() {
    Map<String, String> use = new HashMap<>();
    for (Generation generation : loop.state().generations().values()) {
      String word = generation.name() + " " + generation.state().word();
      use.merge(generation.release(), word, (one, other) -> one + ", " + other);
    }
    Optional<String> back = loop.state().history().last().map(Good::release);
    return () -> new Outcome(0, ReleaseTable.of(store.list(), use, back), null);
  }
}
