package dev.graceful.cli;

import java.util.Map;
import picocli.CommandLine.Command;

@Command(
    name = "hammer",
    header = "End what is draining, now.",
    description = {
      "",
      "Like the signal USR2: whatever drains gets TERM, and KILL a second later. Does nothing where nothing drains.",
      ""
    },
    footer = {"", "Example:", "  graceful hammer shop"})
final class HammerCommand extends InstanceCommand {
  @Override
  public Integer call() throws Exception {
    return show(ask(instance(), "hammer", Map.of()));
  }
}
