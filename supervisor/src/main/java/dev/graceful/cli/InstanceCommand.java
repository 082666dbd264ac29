package dev.graceful.cli;

import dev.graceful.config.InstanceDirectory;
import dev.graceful.config.InstanceException;
import dev.graceful.control.ControlClient;
import dev.graceful.control.Outcome;
import dev.graceful.control.Request;
import java.io.EOFException;
import java.io.IOException;
import java.io.PrintWriter;
import java.net.SocketException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** A command for an instance that runs: finds it, asks it, shows what it says. */
abstract class InstanceCommand implements Callable<Integer> {
  /** An instance has its lock a moment before it listens to commands. */
  private static final long STARTING_MILLIS = 3000;

  private static final long PAUSE_MILLIS = 50;

  @Parameters(
      arity = "0..1",
      paramLabel = "NAME",
      description = "The instance; may be left out where only one runs.")
  private @Nullable String name;

  @Option(
      names = "--run-dir",
      paramLabel = "DIR",
      description = "Where instances live, if not where 'run' puts them by itself.")
  private @Nullable Path runDirectory;

  @Option(
      names = {"-h", "--help"},
      usageHelp = true,
      description = "Show this text.")
  @SuppressWarnings("UnusedVariable") // picocli reads it
  private boolean help;

  @Spec private CommandSpec spec = CommandSpec.create();

  PrintWriter out() {
    return spec.commandLine().getOut();
  }

  PrintWriter err() {
    return spec.commandLine().getErr();
  }

  Path runDirectory() {
    Path given = runDirectory;
    return given != null ? given.toAbsolutePath().normalize() : defaultRunDirectory();
  }

  private static Path defaultRunDirectory() {
    return InstanceDirectory.defaultRunDirectory();
  }

  /** The instance that is meant; it ran a moment ago. */
  String instance() throws CommandException, InstanceException {
    List<String> running = InstanceDirectory.running(runDirectory());
    String wanted = name;
    if (wanted == null) {
      if (running.size() > 1) {
        throw new CommandException(
            ExitCode.USAGE,
            "several instances run: " + String.join(", ", running) + "; name one of them");
      }
      if (running.isEmpty()) {
        throw new CommandException(
            ExitCode.NOT_RUNNING,
            "no instance runs in "
                + runDirectory()
                + "; start one with: graceful run APP.jar, or give its --run-dir");
      }
      return running.get(0);
    }
    if (!running.contains(wanted)) {
      String others = running.isEmpty() ? "none runs" : "these run: " + String.join(", ", running);
      throw new CommandException(
          ExitCode.NOT_RUNNING,
          "no instance called " + wanted + " runs in " + runDirectory() + "; " + others);
    }
    return wanted;
  }

  /** Asks the instance; what it says meanwhile is printed. */
  Outcome ask(String instance, String command, Map<String, String> arguments)
      throws CommandException, InstanceException {
    Path socket = InstanceDirectory.controlSocket(runDirectory(), instance);
    Request request = new Request(command, arguments);
    Consumer<String> progress = out()::println;
    long deadline = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(STARTING_MILLIS);
    while (true) {
      try {
        return ControlClient.call(socket, request, progress);
      } catch (EOFException e) {
        throw lost(instance, command);
      } catch (SocketException e) {
        if (!InstanceDirectory.isRunning(runDirectory(), instance)) {
          throw lost(instance, command);
        }
        if (System.nanoTime() > deadline) {
          throw new CommandException(
              ExitCode.FAILED,
              instance
                  + " runs but does not listen to commands on "
                  + socket
                  + " ("
                  + e.getMessage()
                  + "); look at what it printed, or send its process a signal");
        }
        pause();
      } catch (IOException e) {
        throw new CommandException(
            ExitCode.FAILED,
            "lost the connection to "
                + instance
                + ": "
                + e.getMessage()
                + "; see: graceful status");
      }
    }
  }

  /** Prints the outcome's message where it belongs; the result is the exit code. */
  int show(Outcome outcome) {
    if (outcome.exitCode() != ExitCode.DONE) {
      err().println("graceful: " + outcome.message());
    } else if (!outcome.message().isEmpty()) {
      out().println(outcome.message());
    }
    return outcome.exitCode();
  }

  static void pause() throws CommandException {
    try {
      TimeUnit.MILLISECONDS.sleep(PAUSE_MILLIS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new CommandException(ExitCode.INTERRUPTED, "interrupted");
    }
  }

  private static CommandException lost(String instance, String command) {
    return new SupervisorGone(
        instance + " ended before it answered '" + command + "'; see what it printed");
  }

  /** The supervisor ended while it was asked. */
  static final class SupervisorGone extends CommandException {
    private static final long serialVersionUID = 1L;

    SupervisorGone(String message) {
      super(ExitCode.FAILED, message);
    }
  }
}
