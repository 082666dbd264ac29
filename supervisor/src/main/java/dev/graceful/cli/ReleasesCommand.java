package dev.graceful.cli;

import java.util.Map;
import picocli.CommandLine.Command;

@Command(
    name = "releases",
    header = "List the releases that are kept.",
    description = {
      "",
      "The one that was reloaded last first. good: it has served; bad: it was rolled back; new: it"
          + " never served. --keep of 'run' says how many are kept.",
      ""
    },
    footer = {"", "Example:", "  graceful releases shop"})
final class ReleasesCommand extends InstanceCommand {
  @Override
  public Integer call() throws Exception {
    return show(ask(instance(), "releases", Map.of()));
  }
}
