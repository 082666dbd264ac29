package dev.graceful.cli;

import java.util.Map;
import picocli.CommandLine.Command;

@Command(
    name = "releases",
    header = "List the releases that are kept.",
    description = {"", "The newest first; --keep of 'run' says how many there are.", ""},
    footer = {"", "Example:", "  graceful releases shop"})
final class ReleasesCommand extends InstanceCommand {
  @Override
  public Integer call() throws Exception {
    return show(ask(instance(), "releases", Map.of()));
  }
}
