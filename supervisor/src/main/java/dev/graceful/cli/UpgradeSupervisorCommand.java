package dev.graceful.cli;

import dev.graceful.config.InstanceException;
import dev.graceful.control.Outcome;
import dev.graceful.control.Status;
import dev.graceful.posix.ProcFs;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;

@Command(
    name = "upgrade-supervisor",
    header = "Let the supervisor replace itself with the installed version.",
    description = {
      "",
      "The process id, the sockets and the workers stay. The installed program is tried first; if it"
          + " cannot even tell its version, nothing happens. Exits with 0 when the new program"
          + " answers.",
      ""
    },
    footer = {"", "Example:", "  graceful upgrade-supervisor shop"})
final class UpgradeSupervisorCommand extends InstanceCommand {
  /** Workers may take 30 s to come back, and a JVM its time to start. */
  private static final long PATIENCE_MILLIS = 90_000;

  @Override
  public Integer call() throws Exception {
    String instance = instance();
    Status before = ask(instance, "status", Map.of()).status();
    if (before == null) {
      throw new CommandException(ExitCode.FAILED, instance + " does not tell its status");
    }
    try {
      return show(ask(instance, "upgrade-supervisor", Map.of()));
    } catch (SupervisorGone e) {
      // the connection ends with the old program
    }
    return await(instance, before);
  }

  private int await(String instance, Status before) throws CommandException {
    long deadline = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(PATIENCE_MILLIS);
    while (System.nanoTime() < deadline) {
      Status now = status(instance);
      if (now != null && now.pid() != before.pid()) {
        throw new CommandException(
            ExitCode.FAILED,
            instance + " is run by process " + now.pid() + " now, which another 'run' has started");
      }
      if (now != null && now.startedMillis() != before.startedMillis()) {
        out()
            .println(
                "graceful "
                    + now.version()
                    + " runs as process "
                    + now.pid()
                    + ", as before; "
                    + (now.generation() == 0 ? now.state() : "g" + now.generation() + " serves"));
        return ExitCode.DONE;
      }
      if (ended(before.pid())) {
        throw new CommandException(
            ExitCode.FAILED,
            "the new program has ended at its start, see what it printed; the workers go on"
                + " serving: when it is mended, start it as before (graceful run ...), and it"
                + " adopts them");
      }
      pause();
    }
    throw new CommandException(
        ExitCode.FAILED,
        "the new program (process "
            + before.pid()
            + ") does not answer after "
            + PATIENCE_MILLIS / 1000
            + " s; see what it printed");
  }

  private static boolean ended(long pid) {
    return ProcFs.startTime(pid).isEmpty() || ProcFs.isZombie(pid);
  }

  /** Null while nobody answers. */
  private @Nullable Status status(String instance) {
    try {
      Outcome outcome = ask(instance, "status", Map.of());
      return outcome.status();
    } catch (CommandException | InstanceException e) {
      return null;
    }
  }
}
