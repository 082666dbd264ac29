package dev.graceful.cli;

import java.nio.file.Path;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

@Command(
    name = "reload",
    header = "Swap in the jar as it is now, and wait for the verdict.",
    description = {
      "",
      "Exits with 0 when the new generation serves. Otherwise the old one still serves as if nothing"
          + " had happened, and the message says why.",
      ""
    },
    footer = {
      "",
      "Examples:",
      "  graceful reload",
      "  graceful reload shop --jar /srv/shop/shop-2.1.jar"
    })
final class ReloadCommand extends InstanceCommand {
  @Option(
      names = "--jar",
      paramLabel = "FILE",
      description = "Another jar than so far, also for later reloads.")
  private @Nullable Path jar;

  @Override
  public Integer call() throws Exception {
    String instance = instance();
    Path other = jar;
    // the supervisor may have another working directory
    Map<String, String> arguments =
        other == null ? Map.of() : Map.of("jar", other.toAbsolutePath().normalize().toString());
    return show(ask(instance, "reload", arguments));
  }
}
