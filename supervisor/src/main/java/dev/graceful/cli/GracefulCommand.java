package dev.graceful.cli;

import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.IVersionProvider;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

@Command(
    name = "graceful",
    versionProvider = GracefulCommand.Version.class,
    synopsisSubcommandLabel = "COMMAND",
    header = "Restarts a Java server without dropping a connection.",
    description = {
      "",
      "'graceful run app.jar' keeps the listening sockets of any server jar. Replace the jar, send"
          + " HUP, and a new worker takes over when it has proved that it serves.",
      ""
    },
    commandListHeading = "%nCommands:%n",
    footer = {
      "",
      "Examples:",
      "  graceful run app.jar                  run it; Ctrl-C or TERM stops it gracefully",
      "  graceful run --health /up app.jar 80  an argument for the application after the jar",
      "  cp new.jar app.jar && graceful reload and the new version serves",
      "",
      "Exit codes: 0 done, 1 failed, 2 wrong usage, 3 not running, 4 runs already, 130 interrupted."
    })
final class GracefulCommand implements Callable<Integer> {
  @Option(
      names = {"-h", "--help"},
      usageHelp = true,
      description = "Show this text.")
  @SuppressWarnings("UnusedVariable") // picocli reads it
  private boolean help;

  @Option(
      names = {"-V", "--version"},
      versionHelp = true,
      description = "Show the version.")
  @SuppressWarnings("UnusedVariable") // picocli reads it
  private boolean version;

  @Spec private CommandSpec spec = CommandSpec.create();

  @Override
  public Integer call() {
    CommandLine program = spec.commandLine();
    program.usage(program.getErr());
    return ExitCode.USAGE;
  }

  /** From the manifest of the program's jar. */
  static final class Version implements IVersionProvider {
    @Override
    public String[] getVersion() {
      String version = Main.class.getPackage().getImplementationVersion();
      return new String[] {"graceful " + (version == null ? "(not packaged)" : version)};
    }
  }
}
