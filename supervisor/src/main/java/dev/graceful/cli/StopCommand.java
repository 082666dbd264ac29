package dev.graceful.cli;

import dev.graceful.config.InstanceDirectory;
import dev.graceful.control.Outcome;
import java.util.Map;
import picocli.CommandLine.Command;

@Command(
    name = "stop",
    header = "Stop gracefully, and wait until it is down.",
    description = {
      "",
      "Like the signal TERM: nothing new is accepted, what is in flight is answered. 'graceful"
          + " hammer' ends the wait.",
      ""
    },
    footer = {"", "Example:", "  graceful stop shop"})
final class StopCommand extends InstanceCommand {
  @Override
  public Integer call() throws Exception {
    String instance = instance();
    try {
      Outcome outcome = ask(instance, "stop", Map.of());
      if (outcome.exitCode() != ExitCode.DONE) {
        return show(outcome);
      }
    } catch (SupervisorGone e) {
      // it was asked, and it is going: that is what was asked for
    }
    while (InstanceDirectory.isRunning(runDirectory(), instance)) {
      pause();
    }
    out().println(instance + " is down");
    return ExitCode.DONE;
  }
}
