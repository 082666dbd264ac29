package dev.graceful.cli;

import java.util.Map;
import picocli.CommandLine.Command;

@Command(
    name = "upgrade-supervisor",
    header = "Let the supervisor replace itself with the installed version.",
    description = {"", "The process id, the sockets and the workers stay.", ""},
    footer = {"", "Example:", "  graceful upgrade-supervisor shop"})
final class UpgradeSupervisorCommand extends InstanceCommand {
  @Override
  public Integer call() throws Exception {
    return show(ask(instance(), "upgrade-supervisor", Map.of()));
  }
}
