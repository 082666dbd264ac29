package dev.graceful.supervisor;

import dev.graceful.config.RunOptions;
import dev.graceful.posix.Memory;
import dev.graceful.posix.ProcFs;
import dev.graceful.process.WorkerProcess;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalLong;

/** Whether there is memory for two workers: better a refusal than the OOM killer. */
final class Headroom {
  private final Loop loop;
  private final Workers workers;
  private final boolean asked;

  Headroom(Loop loop, Workers workers, RunOptions options) {
    this.loop = loop;
    this.workers = workers;
    // without overlap there never are two
    this.asked = options.checkMemory() && options.overlap();
  }

  /** Why no second worker may be started now, in one line. The loop's thread only. */
  Optional<String> refusal() {
    Worker serving = asked ? workers.get(loop.state().serving()) : null;
    WorkerProcess process = serving == null ? null : serving.process();
    if (serving == null || process == null) {
      return Optional.empty();
    }
    OptionalLong taken = ProcFs.rssBytes(process.pid());
    Optional<Memory.Free> free = Memory.free();
    if (taken.isEmpty() || free.isEmpty() || free.get().bytes() >= taken.getAsLong()) {
      return Optional.empty();
    }
    return Optional.of(
        String.format(
            Locale.ROOT,
            "there is no memory for two workers: g%d takes %.0f MB and %.0f MB are free (%s);"
                + " free some, run with --no-overlap, or override this with --ignore-memory",
            serving.generation(),
            taken.getAsLong() / 1e6,
            free.get().bytes() / 1e6,
            free.get().limit()));
  }
}
