package dev.graceful.cli;

import dev.graceful.config.InstanceException;
import dev.graceful.release.ReleaseException;
import java.io.OutputStreamWriter;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.nio.charset.Charset;
import java.util.LinkedHashMap;
import java.util.Map;
import picocli.CommandLine;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.UnmatchedArgumentException;

/** The program {@code graceful}. */
public final class Main {
  /** By name, in the order of the help text. */
  private static final Map<String, Class<?>> COMMANDS = new LinkedHashMap<>();

  static {
    COMMANDS.put("run", RunCommand.class);
    COMMANDS.put("status", StatusCommand.class);
    COMMANDS.put("reload", ReloadCommand.class);
    COMMANDS.put("hammer", HammerCommand.class);
    COMMANDS.put("stop", StopCommand.class);
    COMMANDS.put("rollback", RollbackCommand.class);
    COMMANDS.put("releases", ReleasesCommand.class);
    COMMANDS.put("upgrade-supervisor", UpgradeSupervisorCommand.class);
  }

  private Main() {}

  public static void main(String[] args) {
    System.exit(run(args, writer(System.out), writer(System.err)));
  }

  /**
   * Does what the arguments say; the result is the exit code. Errors are one line on {@code err}.
   */
  static int run(String[] args, PrintWriter out, PrintWriter err) {
    CommandLine program = program(args);
    program.setOut(out);
    program.setErr(err);
    program.setParameterExceptionHandler((e, given) -> complain(err, e));
    program.setExecutionExceptionHandler((e, command, parsed) -> complain(err, e));
    return program.execute(args);
  }

  /**
   * The commands, and how their lines are read. Where the first argument names a command there is
   * only that one: to describe all of them takes longer than what most of them do.
   */
  static CommandLine program(String... args) {
    CommandLine program = new CommandLine(new GracefulCommand());
    Class<?> named = args.length == 0 ? null : COMMANDS.get(args[0]);
    if (named != null) {
      program.addSubcommand(named);
    } else {
      COMMANDS.values().forEach(program::addSubcommand);
    }
    program.setExpandAtFiles(false);
    program.setAllowOptionsAsOptionParameters(true);
    program.setUsageHelpAutoWidth(false);
    program.setUsageHelpWidth(100);
    // all that stands after the jar is the application's, whatever it looks like
    program
        .getSubcommands()
        .forEach((name, command) -> command.setStopAtPositional(name.equals("run")));
    return program;
  }

  private static PrintWriter writer(PrintStream stream) {
    return new PrintWriter(new OutputStreamWriter(stream, Charset.defaultCharset()), true);
  }

  private static int complain(PrintWriter err, ParameterException e) {
    String message = oneLine(String.valueOf(e.getMessage()));
    String command = e.getCommandLine().getCommandSpec().qualifiedName();
    String hint = e instanceof UnmatchedArgumentException u ? suggestion(u) : "";
    err.println("graceful: " + message + hint + "; see: " + command + " --help");
    return ExitCode.USAGE;
  }

  private static String suggestion(UnmatchedArgumentException e) {
    return e.getSuggestions().isEmpty() ? "" : "; did you mean " + e.getSuggestions().get(0) + "?";
  }

  private static int complain(PrintWriter err, Exception e) {
    int exitCode = ExitCode.FAILED;
    String message = e.getMessage();
    if (e instanceof CommandException command) {
      exitCode = command.exitCode();
    } else if (e instanceof InstanceException instance) {
      exitCode = instance.exitCode();
    } else if (!(e instanceof ReleaseException)) {
      message = "this should not happen: " + e + "; please report it";
    }
    err.println("graceful: " + oneLine(String.valueOf(message)));
    return exitCode;
  }

  private static String oneLine(String text) {
    return text.replaceAll("\\s*\\R\\s*", " ").strip();
  }
}
