package dev.graceful.cli;

import dev.graceful.config.InstanceDirectory;
import dev.graceful.config.OptionText;
import dev.graceful.config.RunOptions;
import dev.graceful.release.ReleaseStore;
import dev.graceful.supervisor.Inheritance;
import dev.graceful.supervisor.Supervisor;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

@Command(
    name = "run",
    header = "Run a server jar in the foreground, until TERM or INT.",
    customSynopsis = "graceful run [OPTIONS] APP.jar [APP-ARG...]",
    description = {
      "",
      "Options stand before the jar; all that stands after it goes to the application as it is."
          + " Durations are written as 500ms, 10s, 2m or 1h.",
      ""
    },
    sortOptions = false,
    footer = {
      "",
      "Signals: HUP reload, TERM and INT stop gracefully (again: hammer), USR2 hammer, USR1 and TSTP"
          + " hooks only.",
      "",
      "Examples:",
      "  graceful run app.jar",
      "  graceful run --name shop --health /up --hammer-time 2m shop.jar --server.port=8080",
      "  graceful run --jvm-arg -Xmx512m --jvm-arg -Dspring.profiles.active=prod app.jar"
    })
final class RunCommand implements Callable<Integer> {
  @Option(
      names = "--name",
      paramLabel = "NAME",
      description = "The instance's name. Default: the jar's file name without .jar.")
  private @Nullable String name;

  @Option(
      names = "--ready-timeout",
      paramLabel = "D",
      description = "A worker that is not ready by then has failed. Default: ${DEFAULT-VALUE}.")
  private String readyTimeout = "60s";

  @Option(
      names = "--hammer-time",
      paramLabel = "D",
      description = "How long a drain may take; negative: no limit. Default: ${DEFAULT-VALUE}.")
  private String hammerTime = "60s";

  @Option(
      names = "--kill-after",
      paramLabel = "D",
      description =
          "How long a worker may take to end after TERM, before KILL. Default: ${DEFAULT-VALUE}.")
  private String killAfter = "5s";

  @Option(
      names = "--health",
      paramLabel = "PATH",
      description =
          "A new worker is ready only when GET PATH on its own private seat answers 2xx or 3xx;"
              + " :PORT/PATH where it listens on several ports. Repeatable.")
  private List<String> health = new ArrayList<>();

  @Option(
      names = "--warmup",
      paramLabel = "PATH",
      split = ",",
      splitSynopsisLabel = ",",
      description = "Requests to send to the private seat before it takes over.")
  private List<String> warmup = new ArrayList<>();

  @Option(
      names = "--warmup-requests",
      paramLabel = "N",
      description = "How many of them in all, in turn. Default: ${DEFAULT-VALUE}.")
  private int warmupRequests = 20;

  @Option(
      names = "--listen",
      paramLabel = "ADDR",
      description =
          "Open this listener at start, before any worker asks for it: 8080, 127.0.0.1:8080 or"
              + " [::1]:8080. Repeatable.")
  private List<String> listen = new ArrayList<>();

  @Option(
      names = "--java",
      paramLabel = "HOME-OR-BINARY",
      description = "The JVM for workers. Default: the one that graceful itself runs on.")
  private @Nullable Path java;

  @Option(
      names = "--jvm-arg",
      paramLabel = "ARG",
      description = "An option for the workers' JVM, as -Xmx512m. Repeatable.")
  private List<String> jvmArguments = new ArrayList<>();

  @Option(
      names = "--run-dir",
      paramLabel = "DIR",
      description =
          "Where sockets and state live. Default: /run/graceful for root, otherwise"
              + " $XDG_RUNTIME_DIR/graceful or /tmp/graceful-UID.")
  private @Nullable Path runDirectory;

  @Option(
      names = "--pid-file",
      paramLabel = "FILE",
      description = "Write the supervisor's process id there; it never changes.")
  private @Nullable Path pidFile;

  @Option(
      names = "--connections",
      paramLabel = "MODE",
      description =
          "move: live connections pass to the new worker between two requests; drain: they end with"
              + " the old one. Default: ${DEFAULT-VALUE}.")
  private String connections = "move";

  @Option(
      names = "--crashes",
      paramLabel = "N",
      description =
          "A release that crashes so often within --crash-window is rolled back to the last good"
              + " one; 0: never. Default: ${DEFAULT-VALUE}.")
  private int crashes = 3;

  @Option(names = "--crash-window", paramLabel = "D", description = "Default: ${DEFAULT-VALUE}.")
  private String crashWindow = "60s";

  @Option(
      names = "--max-draining",
      paramLabel = "N",
      description =
          "How many old workers may drain at a time; the oldest is ended when there are more."
              + " Default: ${DEFAULT-VALUE}.")
  private int maxDraining = 4;

  @Option(
      names = "--ignore-memory",
      description = "Upgrade even where less memory is free than the serving worker takes already.")
  private boolean ignoreMemory;

  @Option(
      names = "--no-overlap",
      description =
          "The old worker leaves before the new one starts; clients wait in the accept queue.")
  private boolean noOverlap;

  @Option(names = "--no-cds", description = "No class-data archives.")
  private boolean noCds;

  @Option(
      names = "--user",
      paramLabel = "NAME",
      description = "Workers run as this user; the supervisor must be root.")
  private @Nullable String user;

  @Option(
      names = "--keep",
      paramLabel = "N",
      description = "How many releases to keep. Default: ${DEFAULT-VALUE}.")
  private int keep = 5;

  @Option(
      names = {"-h", "--help"},
      usageHelp = true,
      description = "Show this text.")
  @SuppressWarnings("UnusedVariable") // picocli reads it
  private boolean help;

  @Parameters(
      index = "0",
      paramLabel = "APP.jar",
      description = "An executable jar. A link is followed anew at each reload.")
  private Path jar = Path.of("");

  @Parameters(
      index = "1..*",
      paramLabel = "APP-ARG",
      description = "Arguments for the application.")
  private List<String> arguments = new ArrayList<>();

  @Spec private CommandSpec spec = CommandSpec.create();

  @Override
  public Integer call() throws Exception {
    if (!System.getProperty("os.name", "").equals("Linux")) {
      throw new CommandException(
          ExitCode.FAILED, "run needs Linux; this is " + System.getProperty("os.name"));
    }
    RunOptions options = options();
    if (!InstanceDirectory.hasHistory(options.runDirectory(), options.name())) {
      // there is nothing to adopt, so without a jar there is nothing to do
      ReleaseStore.check(options.jar());
    }
    try (InstanceDirectory directory =
        InstanceDirectory.create(options.runDirectory(), options.name(), Inheritance::locked)) {
      return Supervisor.run(options, directory);
    } catch (IOException e) {
      String why = e.getMessage() == null ? e.toString() : e.getMessage();
      throw new CommandException(ExitCode.FAILED, options.name() + " cannot run: " + why);
    }
  }

  /** What the options say, checked. */
  RunOptions options() throws CommandException {
    Path application = jar.toAbsolutePath().normalize();
    String given = name;
    Path home = runDirectory;
    Path pid = pidFile;
    return new RunOptions(
        given != null
            ? value("--name", given, OptionText::name)
            : value("the jar", jar, OptionText::nameOf),
        application,
        arguments,
        positive("--ready-timeout", value("--ready-timeout", readyTimeout, OptionText::duration)),
        value("--hammer-time", hammerTime, OptionText::duration),
        notNegative("--kill-after", value("--kill-after", killAfter, OptionText::duration)),
        values("--health", health, OptionText::target),
        values("--warmup", warmup, OptionText::target),
        atLeast("--warmup-requests", warmupRequests, 0),
        values("--listen", listen, OptionText::address),
        javaBinary(),
        jvmArguments,
        home != null ? home.toAbsolutePath().normalize() : InstanceDirectory.defaultRunDirectory(),
        pid == null ? null : pid.toAbsolutePath().normalize(),
        moveConnections(),
        !noOverlap,
        !noCds,
        user,
        atLeast("--keep", keep, 1),
        atLeast("--crashes", crashes, 0),
        positive("--crash-window", value("--crash-window", crashWindow, OptionText::duration)),
        atLeast("--max-draining", maxDraining, 1),
        !ignoreMemory);
  }

  private Path javaBinary() throws CommandException {
    Path given = java != null ? java : Path.of(System.getProperty("java.home", "/usr"));
    try {
      return OptionText.java(given);
    } catch (IllegalArgumentException e) {
      throw new CommandException(ExitCode.FAILED, String.valueOf(e.getMessage()));
    }
  }

  private boolean moveConnections() {
    if (!connections.equals("move") && !connections.equals("drain")) {
      throw wrong("--connections", "'" + connections + "' is not a mode; use move or drain");
    }
    return connections.equals("move");
  }

  private Duration positive(String option, Duration value) {
    if (value.isNegative() || value.isZero()) {
      throw wrong(option, "it must be longer than nothing; write it as 60s");
    }
    return value;
  }

  private Duration notNegative(String option, Duration value) {
    if (value.isNegative()) {
      throw wrong(option, "it cannot be negative; write it as 5s");
    }
    return value;
  }

  private int atLeast(String option, int value, int least) {
    if (value < least) {
      throw wrong(option, value + " is too few; use " + least + " or more");
    }
    return value;
  }

  private <F, T> List<T> values(String option, List<F> texts, Function<F, T> parse) {
    return texts.stream().map(text -> value(option, text, parse)).toList();
  }

  private <F, T> T value(String option, F text, Function<F, T> parse) {
    try {
      return parse.apply(text);
    } catch (IllegalArgumentException e) {
      throw wrong(option, String.valueOf(e.getMessage()));
    }
  }

  private ParameterException wrong(String option, String why) {
    return new ParameterException(spec.commandLine(), option + ": " + why);
  }
}
