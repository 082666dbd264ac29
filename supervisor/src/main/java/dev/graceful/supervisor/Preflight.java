package dev.graceful.supervisor;

import dev.graceful.posix.Descriptors;
import dev.graceful.posix.NativeProcesses;
import dev.graceful.posix.ProcFs;
import dev.graceful.posix.Signals;
import dev.graceful.posix.ThisProcess;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * Tries the installed program before this one becomes it: it must tell its version, and its
 * launcher must tell what to run.
 */
final class Preflight {
  /** The launcher builds a program that has not been built. */
  private static final long PATIENCE_NANOS = TimeUnit.MINUTES.toNanos(10);

  private static final long LOOK_MILLIS = 20;
  private static final int MOST_TEXT = 1_000;

  /** What comes between the environment and the command (see the launcher). */
  private static final String MARK = "graceful-command";

  /**
   * What is to be run, in raw bytes.
   *
   * @param version as the program tells it
   */
  record Plan(String version, List<byte[]> command, List<byte[]> environment) {
    Plan {
      command = List.copyOf(command);
      environment = List.copyOf(environment);
    }
  }

  private final String launcher;
  private final List<byte[]> environment = WorkerCommand.operators(ProcFs.environment());
  private final Path folder;

  /**
   * @param folder for what the program prints, for a moment
   */
  Preflight(String launcher, Path folder) {
    this.launcher = launcher;
    this.folder = folder;
  }

  /**
   * Takes as long as two starts of the program.
   *
   * @throws IOException if it is not fit to be run; the message is one line
   */
  Plan run() throws IOException {
    String version = new String(run("--version"), StandardCharsets.UTF_8).strip();
    if (!version.startsWith("graceful ")) {
      throw bad("--version", "says '" + line(version) + "'");
    }
    List<byte[]> words = split(run("--tell-command"));
    int mark = 0;
    while (mark < words.size() && !text(words.get(mark)).equals(MARK)) {
      mark++;
    }
    if (mark + 1 >= words.size()) {
      throw bad("--tell-command", "does not tell it");
    }
    return new Plan(line(version), words.subList(mark + 1, words.size()), words.subList(0, mark));
  }

  /** Standard output of the launcher with that first argument, and all of ours. */
  private byte[] run(String first) throws IOException {
    List<String> command = new ArrayList<>(List.of(launcher, first));
    if (!first.equals("--version")) {
      command.addAll(ownArguments());
    }
    Path out = folder.resolve("preflight.out");
    Path err = folder.resolve("preflight.err");
    Files.deleteIfExists(out);
    Files.deleteIfExists(err);
    try {
      NativeProcesses.Exit exit = run(command, out, err);
      if (!exit.equals(new NativeProcesses.Exit(false, 0))) {
        throw bad(first, exit.describe() + ": " + line(Files.readString(err)));
      }
      return Files.readAllBytes(out);
    } finally {
      Files.deleteIfExists(out);
      Files.deleteIfExists(err);
    }
  }

  private NativeProcesses.Exit run(List<String> command, Path out, Path err) throws IOException {
    int stdout = Descriptors.createForAppending(out);
    long pid;
    try {
      int stderr = Descriptors.createForAppending(err);
      try {
        pid = NativeProcesses.spawn(new NativeProcesses.Spec(command, environment, stdout, stderr));
      } finally {
        Descriptors.close(stderr);
      }
    } finally {
      Descriptors.close(stdout);
    }
    long startTime = ProcFs.startTime(pid).orElse(-1);
    long deadline = System.nanoTime() + PATIENCE_NANOS;
    while (NativeProcesses.isAlive(pid, startTime)) {
      if (System.nanoTime() > deadline) {
        NativeProcesses.signal(pid, startTime, Signals.KILL);
      }
      Threads.pause(LOOK_MILLIS);
    }
    return NativeProcesses.waitFor(pid);
  }

  /** What stands behind the jar on this program's command line. */
  private static List<String> ownArguments() {
    List<byte[]> own = ThisProcess.ownCommandLine();
    int jar = 0;
    while (jar < own.size() && !text(own.get(jar)).equals("-jar")) {
      jar++;
    }
    return own.subList(Math.min(own.size(), jar + 2), own.size()).stream()
        .map(NativeProcesses::text)
        .toList();
  }

  private static List<byte[]> split(byte[] bytes) {
    List<byte[]> words = new ArrayList<>();
    ByteArrayOutputStream word = new ByteArrayOutputStream();
    for (byte one : bytes) {
      if (one == 0) {
        words.add(word.toByteArray());
        word.reset();
      } else {
        word.write(one);
      }
    }
    return words;
  }

  private IOException bad(String argument, String what) {
    return new IOException(
        launcher + " " + argument + " " + what + "; mend the installed program and try again");
  }

  private static String text(byte[] word) {
    return new String(word, StandardCharsets.ISO_8859_1);
  }

  private static String line(String text) {
    String line = text.strip().replaceAll("\\s*\\R\\s*", " | ");
    return line.length() <= MOST_TEXT ? line : line.substring(0, MOST_TEXT) + "...";
  }
}
