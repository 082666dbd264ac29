package dev.graceful.demo.bench;

import dev.graceful.demo.servers.ControlSocket;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** {@code graceful run}, with an application in it. */
final class Graceful implements Contender {
  private static final String NAME = "bench";
  private static final long PATIENCE_S = 120;
  private static final long POLL_MILLIS = 5;

  private final Path root;
  private final Path folder;
  private final int port;
  private final Releases releases;
  private final List<String> command;
  private final ControlSocket control;
  private @Nullable Program program;
  private boolean hasArchive;

  /**
   * Prepares it.
   *
   * @param jdk for the worker
   * @param folder its own
   * @param options of {@code graceful run}
   */
  Graceful(Path root, Path jdk, App app, Path folder, String... options) throws IOException {
    this(root, jdk, app, Http.freePorts(1), folder, options);
  }

  Graceful(Path root, Path jdk, App app, int port, Path folder, String... options)
      throws IOException {
    this.root = root;
    this.folder = Files.createDirectories(folder);
    this.port = port;
    this.releases = Releases.in(folder, app);
    this.command = new ArrayList<>(launcher("run", "--name", NAME, "--java", jdk.toString()));
    command.addAll(List.of(options));
    command.add(releases.jar().toString());
    command.addAll(app.arguments(port));
    this.control = new ControlSocket(folder.resolve("run/" + NAME + "/control.sock"));
  }

  private List<String> launcher(String subcommand, String... words) {
    List<String> line = new ArrayList<>(List.of(root.resolve("scripts/graceful").toString()));
    line.addAll(List.of(subcommand, "--run-dir", folder.resolve("run").toString()));
    line.addAll(List.of(words));
    return line;
  }

  @Override
  public String name() {
    return "graceful";
  }

  @Override
  public int port() {
    return port;
  }

  /** Starts it, and waits for what it makes beside its first worker too. */
  @Override
  public void start() throws IOException, InterruptedException {
    program = Program.start(folder, command);
    awaitState(state -> state.serving() > 0);
    Http.await(port, releases.current());
    hasArchive = awaitArchive();
  }

  /** Whether there is the class-data archive that is made beside the first worker. */
  boolean hasArchive() {
    return hasArchive;
  }

  private Program program() {
    if (program == null) {
      throw new IllegalStateException("not started");
    }
    return program;
  }

  long supervisor() {
    return program().pid();
  }

  /** The command that shows the status of this instance. */
  List<String> statusCommand() {
    return launcher("status", NAME);
  }

  ControlSocket.State state() throws IOException {
    return control.state();
  }

  /** The process id of the worker that serves. */
  long worker() throws IOException {
    ControlSocket.State state = state();
    return state.workers().stream()
        .filter(worker -> worker.generation() == state.serving())
        .findFirst()
        .orElseThrow(() -> new IllegalStateException("nobody serves"))
        .pid();
  }

  /** Puts the other version in place and sends HUP. */
  Swap tell() throws IOException {
    String version = releases.next();
    long begun = System.nanoTime();
    program().signal("HUP");
    return new Swap(begun, version);
  }

  @Override
  public Swap swap() throws IOException, InterruptedException {
    Swap swap = tell();
    Http.await(port, swap.version());
    awaitOneWorker();
    return swap;
  }

  /** Waits until old workers are gone. */
  void awaitOneWorker() throws InterruptedException {
    awaitState(state -> state.workers().size() == 1);
  }

  /** What is waited for. */
  interface Condition {
    boolean holds(ControlSocket.State state);
  }

  /** Waits for the status to be as wanted. */
  void awaitState(Condition condition) throws InterruptedException {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_S);
    String last = "no status";
    while (System.nanoTime() < deadline && program().alive()) {
      try {
        ControlSocket.State state = control.state();
        last = state.json();
        if (condition.holds(state)) {
          return;
        }
      } catch (IOException e) {
        last = String.valueOf(e.getMessage());
      }
      TimeUnit.MILLISECONDS.sleep(POLL_MILLIS);
    }
    throw new IllegalStateException("graceful did not get there: " + last + " " + lastLines());
  }

  /** So that what is measured afterwards is the usual case. */
  private boolean awaitArchive() throws IOException, InterruptedException {
    Path archives = folder.resolve("run/" + NAME + "/archives");
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_S);
    while (System.nanoTime() < deadline && Files.isDirectory(archives)) {
      try (Stream<Path> files = Files.list(archives)) {
        if (files.anyMatch(file -> file.toString().endsWith(".jsa.sum"))) {
          return true;
        }
      }
      TimeUnit.MILLISECONDS.sleep(100);
    }
    return false;
  }

  @Override
  public String lastLines() {
    return program == null ? "" : program.lastLines();
  }

  @Override
  public void close() throws IOException {
    if (program != null) {
      program.close();
    }
    Program.killLeftovers(folder.resolve("run"));
  }
}
