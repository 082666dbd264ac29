package dev.graceful.demo.soak;

import java.io.BufferedReader;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** The instance of graceful under soak, with its two jars. Owns the process and its reader. */
final class SoakInstance implements AutoCloseable {
  private static final int OUTPUT_LINES = 60;
  private static final long PATIENCE_S = 90;

  private final Process process;
  private final Path folder;
  private final Path jar;
  private final int port;
  private final Deque<String> output = new ArrayDeque<>();
  private String version = "v1";

  private SoakInstance(Process process, Path folder, Path jar, int port) {
    this.process = process;
    this.folder = folder;
    this.jar = jar;
    this.port = port;
    Thread reader = new Thread(this::read, "output");
    reader.setDaemon(true);
    reader.start();
    Runtime.getRuntime().addShutdownHook(new Thread(process::destroy));
  }

  static SoakInstance start(Path launcher, Path folder) throws IOException {
    int port = freePort();
    Path jar = jar("v1").moveTo(folder.resolve("app.jar"));
    Process process =
        new ProcessBuilder(
                launcher.toAbsolutePath().toString(),
                "run",
                "--run-dir",
                folder.resolve("run").toString(),
                "--name",
                "soak",
                jar.toString(),
                Integer.toString(port))
            .redirectErrorStream(true)
            .start();
    process.getOutputStream().close();
    return new SoakInstance(process, folder, jar, port);
  }

  private static AppJar jar(String version) {
    return new AppJar()
        .attribute("Main-Class", SoakServer.class.getName())
        .attribute("Implementation-Version", version)
        .packageOf(SoakServer.class);
  }

  /** Below the ports that the system hands out by itself, so that no client takes it first. */
  private static int freePort() throws IOException {
    for (int port = 18_080; port < 18_580; port++) {
      try (ServerSocket probe = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
        return probe.getLocalPort();
      } catch (java.net.BindException e) {
        // taken: the next one
      }
    }
    throw new IOException("no free port from 18080 to 18579; end a program that listens there");
  }

  long pid() {
    return process.pid();
  }

  int port() {
    return port;
  }

  /** The last lines that graceful and the workers printed. */
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
          if (output.size() > OUTPUT_LINES) {
            output.remove();
          }
        }
      }
    } catch (IOException e) {
      // the process is gone, and with it what it had to say
    }
  }

  /** Puts the other version in place, sends HUP and waits until it answers. */
  void swap() throws IOException, InterruptedException {
    version = version.equals("v1") ? "v2" : "v1";
    jar(version).moveTo(jar);
    signal("HUP", process.pid());
    awaitVersion(version);
  }

  /**
   * Waits until new connections are answered by {@code wanted}.
   *
   * @throws IllegalStateException if that does not happen in time
   */
  void awaitVersion(String wanted) throws InterruptedException {
    long deadline = deadline();
    String last = "nobody answered";
    while (System.nanoTime() < deadline && process.isAlive()) {
      try (HttpConnection connection =
          HttpConnection.open(
              new InetSocketAddress(InetAddress.getLoopbackAddress(), port),
              null,
              Duration.ofSeconds(10))) {
        connection.send("GET", "/", new byte[0], true);
        last = connection.receive().version();
        if (last.equals(wanted)) {
          return;
        }
      } catch (IOException e) {
        last = String.valueOf(e.getMessage());
      }
      TimeUnit.MILLISECONDS.sleep(20);
    }
    throw new IllegalStateException(wanted + " did not come to serve: " + last);
  }

  /** Waits until drained workers are gone. */
  void awaitOneWorker() throws InterruptedException {
    long deadline = deadline();
    while (workers().size() > 1) {
      if (System.nanoTime() > deadline) {
        throw new IllegalStateException(workers().size() + " workers are still there");
      }
      TimeUnit.MILLISECONDS.sleep(20);
    }
  }

  private List<Long> workers() {
    return ProcFigures.naming(folder.toString()).stream()
        .filter(pid -> pid != process.pid())
        .toList();
  }

  private static long deadline() {
    return System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_S);
  }

  /** Stops as a user does; the exit code. */
  int stop() throws IOException {
    signal("TERM", process.pid());
    try {
      return process.onExit().get(PATIENCE_S, TimeUnit.SECONDS).exitValue();
    } catch (InterruptedException | ExecutionException | TimeoutException e) {
      return -1;
    }
  }

  private static void signal(String name, long pid) throws IOException {
    new ProcessBuilder("sh", "-c", "kill -s " + name + " " + pid).start().onExit().join();
  }

  /** Leaves nothing running, whatever happened. */
  @Override
  public void close() throws IOException {
    if (process.isAlive()) {
      stop();
    }
    for (long pid : ProcFigures.naming(folder.toString())) {
      signal("KILL", pid);
    }
    process.destroyForcibly().onExit().join();
    Files.deleteIfExists(jar);
  }
}
