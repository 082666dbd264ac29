package dev.graceful.process;

import dev.graceful.posix.NativeProcesses;
import dev.graceful.posix.NativeProcesses.Exit;
import dev.graceful.posix.NativeProcesses.Spec;
import dev.graceful.posix.ProcFs;
import dev.graceful.posix.Signals;
import java.io.IOException;
import java.nio.file.Path;
import java.util.function.Consumer;

/**
 * The process of one generation. A thread of its own waits for its end and reaps it; all methods
 * may be called by any thread.
 */
public final class WorkerProcess {
  private final int generation;
  private final long pid;
  private final long startTime;
  private final long startedNanos;
  private final Output output;

  private WorkerProcess(
      int generation, long pid, long startTime, long startedNanos, Output output) {
    this.generation = generation;
    this.pid = pid;
    this.startTime = startTime;
    this.startedNanos = startedNanos;
    this.output = output;
  }

  /**
   * Takes over a worker that another supervisor, or this process before it became this program, has
   * started.
   *
   * @param outputDirectory where the files with its output are, if it has not been given the
   *     streams
   * @param onExit as {@link #start} has it; how it ended is known only of a child
   */
  public static WorkerProcess adopt(
      int generation, long pid, long startTime, Path outputDirectory, Consumer<Exit> onExit)
      throws IOException {
    long startedNanos = System.nanoTime() - ProcFs.ageNanos(startTime);
    Output output = Output.adopt(outputDirectory, generation);
    WorkerProcess worker = new WorkerProcess(generation, pid, startTime, startedNanos, output);
    output.start();
    worker.watch(onExit);
    return worker;
  }

  /**
   * Starts a worker.
   *
   * @param onExit called once, on the watching thread, when the process has ended and was reaped,
   *     and what it printed last is in {@link Output#lastLines}
   * @throws IOException if it could not be started: nothing is left behind
   */
  public static WorkerProcess start(LaunchSpec spec, Consumer<Exit> onExit) throws IOException {
    return start(spec, onExit, Output.open(spec.outputDirectory(), spec.generation()));
  }

  /** Takes over {@code output}, which is new. */
  static WorkerProcess start(LaunchSpec spec, Consumer<Exit> onExit, Output output)
      throws IOException {
    try {
      long startedNanos = System.nanoTime();
      long pid =
          NativeProcesses.spawn(
              new Spec(
                  spec.command(),
                  spec.environment(),
                  output.stdoutDescriptor(),
                  output.stderrDescriptor()));
      // not reaped yet, so it is there even if it has ended already
      long startTime = ProcFs.startTime(pid).orElse(-1);
      WorkerProcess worker =
          new WorkerProcess(spec.generation(), pid, startTime, startedNanos, output);
      worker.attend(onExit);
      return worker;
    } catch (IOException | RuntimeException e) {
      output.discard();
      throw e;
    }
  }

  /** Starts the threads that it needs; if that cannot be, the process must not live either. */
  private void attend(Consumer<Exit> onExit) throws IOException {
    try {
      output.start();
      watch(onExit);
    } catch (OutOfMemoryError e) {
      kill();
      NativeProcesses.waitFor(pid);
      throw new IOException(
          "no thread can be made: the limit of processes or of memory is reached", e);
    }
  }

  private void watch(Consumer<Exit> onExit) {
    Thread watcher = new Thread(() -> onExit.accept(awaitExit()), "watch-g" + generation);
    watcher.setDaemon(true);
    watcher.start();
  }

  private Exit awaitExit() {
    try {
      Exit exit = NativeProcesses.waitFor(pid);
      output.ended();
      return exit;
    } catch (IOException e) {
      // no child of this process
      NativeProcesses.awaitEnd(pid, startTime);
      output.ended();
      return Exit.UNSEEN;
    }
  }

  public long pid() {
    return pid;
  }

  /** In clock ticks since boot: with the pid, it names this process and no other. */
  public long startTime() {
    return startTime;
  }

  /** {@link System#nanoTime} at its start. */
  public long startedNanos() {
    return startedNanos;
  }

  /**
   * Sends TERM.
   *
   * @return false if the process has ended
   */
  public boolean terminate() {
    return NativeProcesses.signal(pid, startTime, Signals.TERM);
  }

  /**
   * Sends KILL.
   *
   * @return false if the process has ended
   */
  public boolean kill() {
    return NativeProcesses.signal(pid, startTime, Signals.KILL);
  }

  /** What it prints while it starts. */
  public Output output() {
    return output;
  }
}
