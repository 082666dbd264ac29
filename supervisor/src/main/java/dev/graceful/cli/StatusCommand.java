package dev.graceful.cli;

import dev.graceful.control.ControlJson;
import dev.graceful.control.Outcome;
import dev.graceful.control.Status;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

@Command(
    name = "status",
    header = "Show what an instance does: its workers, listeners and last reload.",
    footer = {
      "",
      "Examples:",
      "  graceful status",
      "  graceful status shop --json | jq .generation"
    })
final class StatusCommand extends InstanceCommand {
  @Option(names = "--json", description = "One JSON object, for scripts.")
  private boolean json;

  @Override
  public Integer call() throws Exception {
    String instance = instance();
    Outcome outcome = ask(instance, "status", Map.of());
    Status status = outcome.status();
    if (outcome.exitCode() != ExitCode.DONE) {
      return show(outcome);
    }
    if (status == null) {
      throw new CommandException(
          ExitCode.FAILED, instance + " gave no status; is its supervisor of another version?");
    }
    if (json) {
      out().println(ControlJson.text(status));
    } else {
      out().print(StatusTable.of(status));
      out().flush();
    }
    return ExitCode.DONE;
  }
}
