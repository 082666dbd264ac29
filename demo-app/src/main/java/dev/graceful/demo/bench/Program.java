package dev.graceful.demo.bench;

import dev.graceful.demo.soak.ProcFigures;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;

/** A process that was started here. Owns it and the reader of its output. */
final class Program implements AutoCloseable {
  private static final int MOST_LINES = 200;
  private static final long STOP_SECONDS = 60;
  private static final Set<Process> RUNNING = ConcurrentHashMap.newKeySet();

  private final Process process;
  private final Deque<String> output = new ArrayDeque<>();

  private Program(Process process) {
    this.process = process;
    Thread reader = new Thread(this::read, "output");
    reader.setDaemon(true);
    reader.start();
  }

  /**
   * Starts {@code command} in {@code folder}, and in a session of its own, as a service manager
   * does: Linux shares the processors out between sessions (sched(7), autogroup), so a server that
   * stood in the session of the load would be measured as another one than a server that does not.
   */
  static Program start(Path folder, List<String> command) throws IOException {
    List<String> line = new ArrayList<>(List.of("setsid")); // becomes the command, same pid
    line.addAll(command);
    Process process =
        new ProcessBuilder(line).directory(folder.toFile()).redirectErrorStream(true).start();
    RUNNING.removeIf(earlier -> !earlier.isAlive());
    RUNNING.add(process);
    process.getOutputStream().close();
    return new Program(process);
  }

  /**
   * Runs {@code command} to its end.
   *
   * @return what it printed
   * @throws IOException with its last lines if it fails
   */
  static List<String> run(Path folder, List<String> command)
      throws IOException, InterruptedException {
    try (Program program = start(folder, command)) {
      int exit = program.process.waitFor();
      if (exit != 0) {
        throw new IOException(
            String.join(" ", command) + " exited with " + exit + ": " + program.lastLines());
      }
      return program.output();
    }
  }

  private void read() {
    try (BufferedReader reader = process.inputReader(StandardCharsets.UTF_8)) {
      for (String line = reader.readLine(); line != null; line = reader.readLine()) {
        synchronized (output) {
          output.add(line);
          if (output.size() > MOST_LINES) {
            output.remove();
          }
        }
      }
    } catch (IOException e) {
      // the process is gone, and with it what it had to say
    }
  }

  long pid() {
    return process.pid();
  }

  boolean alive() {
    return process.isAlive();
  }

  List<String> output() {
    synchronized (output) {
      return List.copyOf(output);
    }
  }

  /** The end of its output in one line. */
  String lastLines() {
    List<String> lines = output();
    return String.join(" | ", lines.subList(Math.max(0, lines.size() - 5), lines.size()));
  }

  void signal(String name) throws IOException {
    signal(name, process.pid());
  }

  static void signal(String name, long pid) throws IOException {
    new ProcessBuilder("kill", "-s", name, Long.toString(pid)).start().onExit().join();
  }

  /** Sends TERM and waits for the end; KILL where it does not come. */
  void stop() throws InterruptedException {
    process.destroy();
    if (!process.waitFor(STOP_SECONDS, TimeUnit.SECONDS)) {
      process.destroyForcibly().waitFor();
    }
  }

  /** Ends whatever runs still, as {@link #stop} does; for an exit in the middle. */
  static void stopAll() {
    RUNNING.forEach(Process::destroy);
    for (Process process : RUNNING) {
      try {
        if (!process.waitFor(STOP_SECONDS, TimeUnit.SECONDS)) {
          process.destroyForcibly();
        }
      } catch (InterruptedException e) {
        process.destroyForcibly();
      }
    }
  }

  /** The live children of a process. */
  static List<Long> children(long pid) {
    return ProcessHandle.of(pid)
        .map(handle -> handle.children().map(ProcessHandle::pid).toList())
        .orElse(List.of());
  }

  /** Waits until none of {@code pids} lives; a zombie does not. */
  static void awaitEnd(List<Long> pids) throws InterruptedException {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(STOP_SECONDS);
    List<Long> left = new ArrayList<>(pids);
    while (!left.isEmpty()) {
      left.removeIf(pid -> !lives(pid));
      if (System.nanoTime() > deadline) {
        throw new IllegalStateException("still there after " + STOP_SECONDS + " s: " + left);
      }
      TimeUnit.MILLISECONDS.sleep(20);
    }
  }

  private static boolean lives(long pid) {
    try {
      String stat = Files.readString(Path.of("/proc", Long.toString(pid), "stat"));
      return stat.charAt(stat.lastIndexOf(')') + 2) != 'Z'; // proc(5)
    } catch (IOException e) {
      return false;
    }
  }

  /** Ends what names {@code folder} on its command line, should anything be left. */
  static void killLeftovers(Path folder) throws IOException {
    for (long pid : ProcFigures.naming(folder.toString())) {
      if (pid != ProcessHandle.current().pid()) {
        signal("KILL", pid);
      }
    }
  }

  @Override
  public void close() {
    if (process.isAlive()) {
      try {
        stop();
      } catch (InterruptedException e) {
        process.destroyForcibly();
        Thread.currentThread().interrupt();
      }
    }
  }
}
