package dev.graceful.cli;

import java.util.Map;
import picocli.CommandLine.Command;

@Command(
    name = "rollback",
    header = "Let the previous good release serve again.",
    description = {
      "",
      "Waits for the verdict, as 'reload' does. The next 'reload' takes the jar as it is then.",
      ""
    },
    footer = {"", "Example:", "  graceful rollback shop"})
final class RollbackCommand extends InstanceCommand {
  @Override
  public Integer call() throws Exception {
    return show(ask(instance(), "rollback", Map.of()));
  }
}
