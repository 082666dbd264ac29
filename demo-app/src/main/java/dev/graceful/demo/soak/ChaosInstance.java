package dev.graceful.demo.soak;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** An instance of graceful to which bad things happen. Owns its folder's processes and mount. */
public final class ChaosInstance implements AutoCloseable {
  private static final long PATIENCE_S = 90;
  private static final int OUTPUT_LINES = 80;

  private final Path launcher;
  private final Path folder;
  private final Path jar;
  private final Path log;
  private final Path filler;
  private final int port;
  private final boolean mounted;
  private Process process;
  private int version = 1;

  private ChaosInstance(Path launcher, Path folder, int port) throws IOException {
    this.launcher = launcher;
    this.folder = folder;
    this.port = port;
    jar = folder.resolve("app.jar");
    log = folder.resolve("log");
    Path run = Files.createDirectories(folder.resolve("run"));
    filler = run.resolve("filler");
    mounted = command("mount", "-t", "tmpfs", "-o", "size=24m,mode=700", "chaos", "" + run) == 0;
    jar().moveTo(jar);
    process = launch();
  }

  /**
   * Starts it.
   *
   * @param folder empty, and of this instance alone
   */
  public static ChaosInstance start(Path launcher, Path folder) throws IOException {
    int port;
    try (ServerSocket probe = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      // in the range that clients' ports are of: they have addresses of their own
      port = probe.getLocalPort();
    }
    return new ChaosInstance(launcher, folder, port);
  }

  private Process launch() throws IOException {
    ProcessBuilder.Redirect to = ProcessBuilder.Redirect.appendTo(log.toFile());
    return new ProcessBuilder(
            launcher.toAbsolutePath().toString(),
            "run",
            "--run-dir",
            folder.resolve("run").toString(),
            "--name",
            "chaos",
            "--keep",
            "1",
            "--crashes",
            "1000",
            jar.toString(),
            Integer.toString(port))
        .redirectInput(new java.io.File("/dev/null"))
        .redirectOutput(to)
        .redirectError(to)
        .start();
  }

  private AppJar jar() {
    return new AppJar()
        .attribute("Main-Class", SoakServer.class.getName())
        .attribute("Implementation-Version", "v" + version)
        .packageOf(SoakServer.class);
  }

  long pid() {
    return process.pid();
  }

  int port() {
    return port;
  }

  /** The last lines that graceful and its workers printed. */
  public List<String> output() {
    try {
      List<String> lines = Files.readAllLines(log);
      return lines.subList(Math.max(0, lines.size() - OUTPUT_LINES), lines.size());
    } catch (IOException e) {
      return List.of(e.toString());
    }
  }

  /** Waits until there are more than {@code before} lines that say so. */
  void awaitSaid(String text, int before) throws InterruptedException {
    await("it says '" + text + "'", () -> said(text) > before);
  }

  /** Waits until the version that was put in place last serves, or until it is said; whether so. */
  boolean awaitVersionOrSaid(String text, int before) throws InterruptedException {
    await(
        "it says '" + text + "', or does it",
        () -> said(text) > before || version("/").equals("v" + version));
    return said(text) > before;
  }

  /** How many lines say so. */
  int said(String text) {
    try {
      return (int) Files.readAllLines(log).stream().filter(line -> line.contains(text)).count();
    } catch (IOException e) {
      return 0;
    }
  }

  void killSupervisor() throws IOException {
    signal("KILL", pid());
    process.onExit().join();
  }

  void startAgain() throws IOException {
    process = launch();
  }

  /** Puts another version in place, and sends HUP. */
  void hupWithNext() throws IOException {
    version++;
    jar().moveTo(jar);
    signal("HUP", pid());
  }

  void overwriteWithGarbage() throws IOException {
    Files.write(jar, new byte[10_000], StandardOpenOption.TRUNCATE_EXISTING);
  }

  /** The same until it serves. */
  void swap() throws IOException, InterruptedException {
    hupWithNext();
    awaitVersion("v" + version);
  }

  long servingWorker() throws IOException {
    return Long.parseLong(ask("/pid"));
  }

  void killServingWorker() throws IOException, InterruptedException {
    long worker = servingWorker();
    signal("KILL", worker);
    await("worker " + worker + " is gone", () -> !workers().contains(worker));
  }

  /** Whichever worker is there beside the one that serves, if one comes in time. */
  void killStartingWorker() throws IOException, InterruptedException {
    long serving = servingWorker();
    long[] starting = {0};
    await(
        "another worker starts",
        () -> {
          workers().stream().filter(pid -> pid != serving).forEach(pid -> starting[0] = pid);
          return starting[0] != 0;
        });
    // if we are late it serves by now, and that would be another blow
    signal("STOP", starting[0]);
    boolean late = status().contains("\"pid\":" + starting[0] + ",\"state\":\"serving\"");
    signal(late ? "CONT" : "KILL", starting[0]);
  }

  /** False if it has no disk of its own. */
  boolean fillDisk() throws IOException {
    if (!mounted) {
      return false;
    }
    byte[] block = new byte[4096];
    try (var out =
        Files.newOutputStream(filler, StandardOpenOption.CREATE, StandardOpenOption.APPEND)) {
      while (true) {
        out.write(block);
      }
    } catch (IOException e) {
      return true; // no space left
    }
  }

  void emptyDisk() throws IOException {
    Files.deleteIfExists(filler);
  }

  void upgradeSupervisor() throws IOException {
    int exit =
        command(
            launcher.toAbsolutePath().toString(),
            "upgrade-supervisor",
            "--run-dir",
            folder.resolve("run").toString(),
            "chaos");
    if (exit != 0) {
      throw new IllegalStateException("upgrade-supervisor exited with " + exit);
    }
  }

  void awaitServing() throws InterruptedException {
    await("it serves", () -> process.isAlive() && status().contains("\"state\":\"serving\""));
  }

  private String status() {
    try {
      Process status =
          new ProcessBuilder(
                  launcher.toAbsolutePath().toString(),
                  "status",
                  "--json",
                  "--run-dir",
                  folder.resolve("run").toString(),
                  "chaos")
              .redirectError(ProcessBuilder.Redirect.DISCARD)
              .start();
      return new String(
              status.getInputStream().readAllBytes(), java.nio.charset.StandardCharsets.UTF_8)
          .replace(" ", "");
    } catch (IOException e) {
      return "";
    }
  }

  private void awaitVersion(String wanted) throws InterruptedException {
    await(wanted + " serves", () -> process.isAlive() && version("/").equals(wanted));
  }

  void awaitOneWorker() throws InterruptedException {
    await("one worker is left", () -> workers().size() == 1);
  }

  /** Waits until the supervisor has so many at most. */
  void awaitDescriptors(int most) throws InterruptedException {
    await(most + " descriptors at most", () -> ProcFigures.of(pid()).descriptors() <= most);
  }

  /** Waits until no process is left: one that was killed takes its time. */
  void awaitNobody() throws InterruptedException {
    await("nobody is left", () -> processes().isEmpty());
  }

  private String ask(String path) throws IOException {
    return answer(path).text().strip();
  }

  private String version(String path) {
    try {
      return answer(path).version();
    } catch (IOException e) {
      return "";
    }
  }

  private Answer answer(String path) throws IOException {
    InetSocketAddress address = new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
    try (HttpConnection connection = HttpConnection.open(address, null, Duration.ofSeconds(30))) {
      connection.send("GET", path, new byte[0], true);
      return connection.receive();
    }
  }

  private interface Condition {
    boolean holds() throws IOException;
  }

  private static void await(String what, Condition condition) throws InterruptedException {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_S);
    while (true) {
      try {
        if (condition.holds()) {
          return;
        }
      } catch (IOException e) {
        // not yet
      }
      if (System.nanoTime() > deadline) {
        throw new IllegalStateException("waited in vain until " + what);
      }
      TimeUnit.MILLISECONDS.sleep(20);
    }
  }

  /** All processes of this instance. */
  List<Long> processes() {
    return ProcFigures.naming(folder + "/");
  }

  List<Long> supervisors() {
    return processes().stream().filter(pid -> ProcFigures.names(pid, "graceful.jar")).toList();
  }

  private List<Long> workers() {
    return processes().stream()
        .filter(pid -> ProcFigures.names(pid, "graceful-agent.jar"))
        .toList();
  }

  void signal(String name, long pid) throws IOException {
    command("kill", "-s", name, "" + pid);
  }

  private static int command(String... words) throws IOException {
    return new ProcessBuilder(words)
        .redirectOutput(ProcessBuilder.Redirect.DISCARD)
        .redirectError(ProcessBuilder.Redirect.DISCARD)
        .start()
        .onExit()
        .join()
        .exitValue();
  }

  /** Stops as a user does; the exit code, or -1. */
  int stop() throws IOException, InterruptedException {
    signal("TERM", pid());
    return process.waitFor(PATIENCE_S, TimeUnit.SECONDS) ? process.exitValue() : -1;
  }

  /** Leaves nothing running and nothing mounted, whatever happened. */
  @Override
  public void close() throws IOException {
    List<Long> left = new ArrayList<>(processes());
    for (long pid : left) {
      signal("KILL", pid);
    }
    process.destroyForcibly().onExit().join();
    if (mounted) {
      command("umount", "-l", folder.resolve("run").toString());
    }
  }
}
