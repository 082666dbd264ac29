package dev.graceful.e2e;

import com.fasterxml.jackson.jr.ob.JSON;
import dev.graceful.demo.soak.Answer;
import dev.graceful.demo.soak.AppJar;
import dev.graceful.demo.soak.HttpConnection;
import dev.graceful.demo.soak.LoadPlan;
import dev.graceful.demo.soak.ProcFigures;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** A running {@code graceful run}, with its streams, its jar and its workers. */
final class GracefulProcess {
  private final Process process;
  private final Path folder;
  private final Path runDir;
  private final String name;
  private final int port;
  private final Again again;
  private final Lines out;
  private final Lines err;

  GracefulProcess(Process process, Path folder, Path runDir, String name, int port, Again again) {
    this.process = process;
    this.folder = folder;
    this.runDir = runDir;
    this.name = name;
    this.port = port;
    this.again = again;
    this.out = new Lines("out", process.getInputStream());
    this.err = new Lines("err", process.getErrorStream());
  }

  /** Starts what was started before, with the same command line. */
  interface Again {
    GracefulProcess start() throws IOException;
  }

  /** Starts another one with the same command line; this one is gone, or it will not last. */
  GracefulProcess again() throws IOException {
    return again.start();
  }

  /** Kills the supervisor, and nobody else. */
  void killSupervisor() throws IOException, InterruptedException {
    signal("KILL");
    awaitDeath();
  }

  /** Waits until a signal is kept for it: a few milliseconds after it was forked. */
  void awaitEars() throws Exception {
    Await.until(
        "it can be sent a signal", () -> Program.hears(pid(), 1) && Program.hears(pid(), 15));
  }

  /** Waits until it has ended; its streams may live on in its workers. */
  void awaitDeath() throws InterruptedException {
    if (!process.waitFor(Await.PATIENCE.toSeconds(), TimeUnit.SECONDS)) {
      throw new AssertionError("graceful does not end");
    }
  }

  long pid() {
    return process.pid();
  }

  int port() {
    return port;
  }

  Path folder() {
    return folder;
  }

  Path jar() {
    return folder.resolve("app.jar");
  }

  Path runDir() {
    return runDir;
  }

  /** The folder with the sockets of this instance. */
  Path instanceDir() {
    return runDir().resolve(name);
  }

  Lines out() {
    return out;
  }

  Lines err() {
    return err;
  }

  boolean alive() {
    return process.isAlive();
  }

  InetSocketAddress address() {
    return new InetSocketAddress("127.0.0.1", port);
  }

  LoadPlan load(int clients) {
    return LoadPlan.of(address(), clients).patientFor(Await.PATIENCE);
  }

  Gate gate(String gate) {
    return new Gate(folder.resolve("gates"), gate);
  }

  void signal(String signal) throws IOException, InterruptedException {
    Program.signal(signal, pid());
  }

  /** Runs a command on this instance. */
  Cli cli(String command, String... options) throws IOException, InterruptedException {
    List<String> arguments = new ArrayList<>();
    arguments.addAll(List.of(command, "--run-dir", runDir().toString()));
    arguments.addAll(List.of(options));
    arguments.add(name);
    return Cli.run(arguments);
  }

  Status status() throws IOException, InterruptedException {
    Cli cli = cli("status", "--json");
    if (cli.exit() != 0) {
      throw new AssertionError("status failed: " + cli);
    }
    return Status.parse(String.join("\n", cli.out()));
  }

  /** What the supervisor says to that line on its control socket. */
  String ask(String request) throws IOException {
    Path socket = instanceDir().resolve("control.sock");
    if (!Files.exists(socket)) {
      // it may have a file system of its own there
      socket = Path.of("/proc/" + pid() + "/root" + socket);
    }
    try (SocketChannel client = SocketChannel.open(UnixDomainSocketAddress.of(socket))) {
      client.write(ByteBuffer.wrap((request + "\n").getBytes(StandardCharsets.UTF_8)));
      return new String(Channels.newInputStream(client).readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  /** Puts the jar in place and runs {@code reload}. */
  Cli reload(AppJar jar) throws IOException, InterruptedException {
    jar.moveTo(jar());
    return cli("reload");
  }

  /** Puts the jar in place, sends HUP and waits until nobody but that version accepts. */
  void swap(AppJar jar, String version) throws Exception {
    jar.moveTo(jar());
    signal("HUP");
    awaitServing(version);
  }

  /**
   * Waits until that version answers and the supervisor knows it: for a moment of a take-over both
   * workers accept, and what the supervisor does when it is over is still to come.
   */
  void awaitServing(String version) throws Exception {
    awaitVersion(version);
    awaitRest();
  }

  /** Waits until it serves and nothing is under way, by its own word. */
  void awaitRest() throws Exception {
    Await.until("it serves and nothing is under way", () -> state().equals("serving"));
  }

  /** Starting, serving, reloading or stopping. */
  private String state() throws IOException {
    Object status = JSON.std.mapFrom(ask("{\"command\":\"status\"}")).get("status");
    return status instanceof Map<?, ?> fields ? String.valueOf(fields.get("state")) : "";
  }

  Answer get(String path) throws IOException {
    return get(address(), path);
  }

  static Answer get(InetSocketAddress address, String path) throws IOException {
    try (HttpConnection connection = HttpConnection.open(address, null, Await.PATIENCE)) {
      connection.send("GET", path, new byte[0], true);
      return connection.receive();
    }
  }

  InFlight inFlight(String path) throws IOException {
    return InFlight.get(address(), path);
  }

  void awaitVersion(String version) throws Exception {
    awaitVersion(address(), version);
  }

  void awaitVersion(InetSocketAddress address, String version) throws Exception {
    Await.until(
        version + " answers at " + address,
        Await.PATIENCE,
        () -> {
          if (!alive()) {
            throw new AssertionError("graceful has exited with " + process.exitValue());
          }
          try {
            return get(address, "/").version().equals(version);
          } catch (java.net.ConnectException e) {
            return false;
          }
        },
        () -> "");
  }

  /** Kills a worker, and waits until it is no more: whoever connects now waits for the next one. */
  void kill(long worker) throws Exception {
    Program.signal("KILL", worker);
    awaitGone(worker);
  }

  /** The worker that answers now. */
  long workerPid() throws IOException {
    return Long.parseLong(get("/pid").text().trim());
  }

  /** All processes of this instance but the supervisor. */
  List<Long> workers() {
    return ProcFigures.naming(folder + "/").stream().filter(pid -> pid != pid()).toList();
  }

  /** Waits until no process of this instance is left: one that was killed takes its time. */
  void awaitNobody() throws Exception {
    Await.until("nobody is left", Await.PATIENCE, () -> workers().isEmpty(), () -> "" + workers());
  }

  void awaitOneWorker() throws Exception {
    Await.until("one worker is left", () -> workers().size() == 1);
  }

  void awaitGone(long worker) throws Exception {
    Await.until("worker " + worker + " is gone", () -> !Program.alive(worker));
  }

  /** Waits for the end; the exit code. */
  int awaitExit() throws InterruptedException {
    if (!process.waitFor(Await.PATIENCE.toSeconds(), TimeUnit.SECONDS)) {
      throw new AssertionError("graceful did not exit");
    }
    out.awaitEnd(Await.PATIENCE);
    err.awaitEnd(Await.PATIENCE);
    return process.exitValue();
  }

  /** Prints what it said: for a test that failed. */
  void show() {
    System.out.println("--- graceful " + pid() + (alive() ? "" : ", exit " + process.exitValue()));
    out.all().forEach(line -> System.out.println("out: " + line));
    err.all().forEach(line -> System.out.println("err: " + line));
  }

  /** Ends it and whatever it left. */
  void end() throws IOException, InterruptedException {
    openGates();
    if (alive()) {
      signal("TERM");
      if (!process.waitFor(5, TimeUnit.SECONDS)) {
        signal("TERM");
        if (!process.waitFor(5, TimeUnit.SECONDS)) {
          process.destroyForcibly().waitFor();
        }
      }
    }
    for (long worker : workers()) {
      Program.signal("KILL", worker);
    }
  }

  /** Whoever still waits at a gate may go. */
  private void openGates() throws IOException {
    Path gates = folder.resolve("gates");
    if (Files.isDirectory(gates)) {
      try (var waiting = Files.newDirectoryStream(gates, "*.waiting")) {
        for (Path path : waiting) {
          String file = path.getFileName().toString().replace(".waiting", ".open");
          Files.write(gates.resolve(file), new byte[0], StandardOpenOption.CREATE);
        }
      }
    }
  }
}
