package dev.graceful.demo.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * nginx in front of two JVMs: the next version starts on the other port, the configuration is
 * changed and reloaded, and the old JVM is stopped when nginx's old workers have ended.
 */
final class BehindNginx implements Contender {
  private final Path root;
  private final Path folder;
  private final Path jdk;
  private final App app;
  private final int port;
  private final int[] backends;
  private final Releases releases;
  private int turn;
  private @Nullable Program nginx;
  private @Nullable Program java;

  BehindNginx(Path root, Path jdk, App app, Path folder) throws IOException {
    this.root = root;
    this.folder = Files.createDirectories(folder);
    this.jdk = jdk;
    this.app = app;
    this.port = Http.freePorts(1);
    this.backends = new int[] {Http.freePorts(1), Http.freePorts(1)};
    this.releases = Releases.in(folder, app);
  }

  @Override
  public String name() {
    return "nginx, two JVMs";
  }

  @Override
  public int port() {
    return port;
  }

  @Override
  public void start() throws IOException, InterruptedException {
    java = startJava();
    configure();
    nginx =
        Program.start(
            folder,
            List.of(
                "nginx",
                "-p",
                folder.toString(),
                "-c",
                folder.resolve("nginx.conf").toString(),
                "-e",
                folder.resolve("error.log").toString()));
    Http.await(port, releases.current());
  }

  /** The JVM that serves. */
  long pid() {
    return java == null ? 0 : java.pid();
  }

  private Program startJava() throws IOException, InterruptedException {
    // from a copy of its own: the jar in its place is the next release's
    Path jar = folder.resolve("running-" + turn + ".jar");
    Files.deleteIfExists(jar);
    Files.copy(releases.jar(), jar);
    Program program = Program.start(folder, Bare.command(jdk, jar, app, backends[turn]));
    Http.await(backends[turn], releases.current());
    return program;
  }

  private void configure() throws IOException {
    String text =
        Files.readString(root.resolve("demo-app/bench/nginx.conf"))
            .replace("FOLDER", folder.toString())
            .replace("BACKEND", Integer.toString(backends[turn]))
            .replace("PORT", Integer.toString(port));
    Files.writeString(folder.resolve("nginx.conf"), text);
  }

  @Override
  public Swap swap() throws IOException, InterruptedException {
    Program front = nginx;
    Program old = java;
    if (front == null || old == null) {
      throw new IllegalStateException("not started");
    }
    String version = releases.next();
    long begun = System.nanoTime();
    turn = 1 - turn;
    java = startJava();
    configure();
    List<Long> workers = Program.children(front.pid());
    front.signal("HUP");
    Program.awaitEnd(workers);
    Http.await(port, version);
    old.stop();
    return new Swap(begun, version);
  }

  @Override
  public String lastLines() {
    return nginx == null ? "" : nginx.lastLines();
  }

  @Override
  public void close() {
    if (nginx != null) {
      nginx.close();
    }
    if (java != null) {
      java.close();
    }
  }
}
