package dev.graceful.supervisor;

import dev.graceful.config.RunOptions;
import java.util.Collection;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The first lines: who runs what, and how to go on from there. */
final class Banner {
  private static final Logger LOG = LoggerFactory.getLogger("graceful");

  private Banner() {}

  /** Said when there is a release to run: until then, one line about what is wrong is enough. */
  static void say(RunOptions options) {
    long pid = ProcessHandle.current().pid();
    LOG.info("supervisor {} runs {} as \"{}\"", pid, options.jar().getFileName(), options.name());
    LOG.info(
        "reload: kill -HUP {} (or: graceful reload {}); stop: kill -TERM {}",
        pid,
        options.name(),
        pid);
  }

  /** Said when workers were found that an earlier supervisor has left. */
  static void adopts(RunOptions options, Collection<Survivors.Survivor> workers) {
    say(options);
    String words = workers.isEmpty() ? "no worker" : Reunion.words(workers);
    LOG.info("going on where the supervisor before it ended: it left {}", words);
  }
}
