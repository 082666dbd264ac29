package dev.graceful.e2e;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** One command of {@code graceful}, run to its end. */
record Cli(List<String> command, int exit, List<String> out, List<String> err) {
  private static final Duration PATIENCE = Duration.ofSeconds(180);

  static Cli run(String... arguments) throws IOException, InterruptedException {
    return run(List.of(arguments));
  }

  static Cli run(List<String> arguments) throws IOException, InterruptedException {
    List<String> command = new ArrayList<>();
    command.add(Program.LAUNCHER.toString());
    command.addAll(arguments);
    ProcessBuilder builder = new ProcessBuilder(command).directory(Path.of("/").toFile());
    Program.scrub(builder.environment());
    Process process = builder.start();
    process.getOutputStream().close();
    Lines out = new Lines("out", process.getInputStream());
    Lines err = new Lines("err", process.getErrorStream());
    boolean ended;
    try {
      ended = process.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS);
    } finally {
      end(process);
    }
    out.awaitEnd(Await.PATIENCE);
    err.awaitEnd(Await.PATIENCE);
    Cli result = new Cli(arguments, process.exitValue(), out.all(), err.all());
    if (!ended) {
      throw new AssertionError("did not end in " + PATIENCE.toSeconds() + " s: " + result);
    }
    return result;
  }

  /** TERM first: a supervisor that was not meant to come up ends its workers then. */
  private static void end(Process process) throws IOException, InterruptedException {
    if (process.isAlive()) {
      Program.signal("TERM", process.pid());
      if (!process.waitFor(10, TimeUnit.SECONDS)) {
        process.destroyForcibly().waitFor();
      }
    }
  }

  /** All that it said. */
  String said() {
    return String.join("\n", out) + "\n" + String.join("\n", err);
  }
}
