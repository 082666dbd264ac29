package dev.graceful.demo.servers;

import java.io.BufferedReader;
import java.io.IOException;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/** One instance of graceful with a server in it. Owns the process and the reader of its output. */
final class SupervisedServer implements AutoCloseable {
  private static final String NAME = "server";
  private static final long PATIENCE_S = 90;
  private static final int MOST_LINES = 2000;

  private final Process process;
  private final ControlSocket control;
  private final int port;
  private final ReleaseJars jars;
  private final List<String> output = new ArrayList<>();

  private SupervisedServer(Process process, ControlSocket control, int port, ReleaseJars jars) {
    this.process = process;
    this.control = control;
    this.port = port;
    this.jars = jars;
    Thread reader = new Thread(this::read, "output");
    reader.setDaemon(true);
    reader.start();
    Runtime.getRuntime().addShutdownHook(new Thread(process::destroy));
  }

  /**
   * Starts {@code graceful run} with the server's first release; does not wait until it serves.
   *
   * @param options further ones of {@code graceful run}
   */
  static SupervisedServer start(
      Path launcher, Path jdk, ServerUnderTest server, Path built, Path folder, String... options)
      throws IOException {
    int port = freePort();
    Path own = Files.createDirectories(folder.resolve("files"));
    for (int i = 0; i < server.files().size(); i += 2) {
      Path file = own.resolve(server.files().get(i));
      Files.createDirectories(file.getParent());
      Files.writeString(file, server.files().get(i + 1));
    }
    ReleaseJars jars = new ReleaseJars(built.resolve(server.jar()), server.releaseEntry(), folder);
    jars.next();
    Path runs = folder.resolve("run");
    List<String> command =
        new ArrayList<>(List.of(launcher.toString(), "run", "--name", NAME, "--run-dir"));
    command.add(runs.toString());
    command.addAll(List.of("--java", jdk.toString()));
    command.addAll(List.of(options));
    command.add(jars.jar().toString());
    for (String argument : server.arguments()) {
      command.add(
          argument.replace("PORT", Integer.toString(port)).replace("FOLDER", own.toString()));
    }
    Process process =
        new ProcessBuilder(command).directory(folder.toFile()).redirectErrorStream(true).start();
    process.getOutputStream().close();
    ControlSocket control = new ControlSocket(runs.resolve(NAME).resolve("control.sock"));
    return new SupervisedServer(process, control, port, jars);
  }

  /** Below the ports that the system hands out by itself, so that no client takes it first. */
  private static int freePort() throws IOException {
    for (int port = 18_600; port < 19_100; port++) {
      try (ServerSocket probe = new ServerSocket(port, 1)) {
        return probe.getLocalPort();
      } catch (java.net.BindException e) {
        // taken: the next one
      }
    }
    throw new IOException("no free port from 18600 to 19099; end a program that listens there");
  }

  int port() {
    return port;
  }

  /** Whether the answers tell the release. */
  boolean releasesDiffer() {
    return jars.differ();
  }

  /** What graceful and the workers printed, the last lines of it. */
  List<String> output() {
    synchronized (output) {
      return List.copyOf(output);
    }
  }

  private void read() {
    try (BufferedReader reader = process.inputReader(StandardCharsets.UTF_8)) {
      for (String line = reader.readLine(); line != null; line = reader.readLine()) {
        synchronized (output) {
          output.add(line);
          if (output.size() > MOST_LINES) {
            output.remove(0);
          }
        }
      }
    } catch (IOException e) {
      // the process is gone, and with it what it had to say
    }
  }

  /** What {@code graceful status} would say; null while nobody answers. */
  ControlSocket.@Nullable State state() {
    try {
      return control.state();
    } catch (IOException e) {
      return null;
    }
  }

  /**
   * Waits until a worker serves.
   *
   * @return its process id
   * @throws IllegalStateException if none comes to serve
   */
  long awaitServing() throws InterruptedException {
    long deadline = deadline();
    while (process.isAlive() && System.nanoTime() < deadline) {
      ControlSocket.State state = state();
      if (state != null && state.serving() > 0) {
        for (ControlSocket.WorkerLine worker : state.workers()) {
          if (worker.generation() == state.serving()) {
            return worker.pid();
          }
        }
      }
      TimeUnit.MILLISECONDS.sleep(50);
    }
    throw new IllegalStateException("it did not come to serve");
  }

  /**
   * Puts the next release in place, sends HUP and waits for the verdict.
   *
   * @return how long that took, in milliseconds
   * @throws IllegalStateException with the reason if the old one still serves
   */
  long swap() throws IOException, InterruptedException {
    ControlSocket.State before = state();
    if (before == null) {
      throw new IllegalStateException("graceful does not answer");
    }
    jars.next();
    long begun = System.nanoTime();
    signal("HUP");
    long deadline = deadline();
    while (System.nanoTime() < deadline) {
      TimeUnit.MILLISECONDS.sleep(50);
      ControlSocket.State state = state();
      if (state != null && state.verdictGeneration() > before.verdictGeneration()) {
        if (!state.verdict().equals("ok")) {
          throw new IllegalStateException("a swap failed: " + state.reason());
        }
        return (System.nanoTime() - begun) / 1_000_000;
      }
    }
    throw new IllegalStateException("no verdict on a swap in " + PATIENCE_S + " s");
  }

  /** Waits until drained workers are gone; whether that came to pass in time. */
  boolean awaitOneWorker(long seconds) throws InterruptedException {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(seconds);
    while (System.nanoTime() < deadline) {
      ControlSocket.State state = state();
      if (state != null && state.workers().size() == 1) {
        return true;
      }
      TimeUnit.MILLISECONDS.sleep(50);
    }
    return false;
  }

  private static long deadline() {
    return System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_S);
  }

  private void signal(String name) throws IOException {
    new ProcessBuilder("kill", "-s", name, Long.toString(process.pid())).start().onExit().join();
  }

  /** Stops as a user does, and not longer than a minute and a half; the exit code. */
  int stop() throws IOException {
    signal("TERM");
    try {
      return process.onExit().get(PATIENCE_S, TimeUnit.SECONDS).exitValue();
    } catch (InterruptedException | ExecutionException | TimeoutException e) {
      return -1;
    }
  }

  /** Leaves nothing running, whatever happened. */
  @Override
  public void close() throws IOException {
    if (process.isAlive()) {
      ControlSocket.State state = state();
      if (stop() == -1 && state != null) {
        for (ControlSocket.WorkerLine worker : state.workers()) {
          ProcessHandle.of(worker.pid()).ifPresent(ProcessHandle::destroyForcibly);
        }
      }
    }
    process.destroyForcibly().onExit().join();
  }
}
