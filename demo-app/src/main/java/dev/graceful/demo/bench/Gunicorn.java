package dev.graceful.demo.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A Python application under gunicorn, reloaded with HUP to the master. */
final class Gunicorn implements Contender {
  private final Path root;
  private final Path folder;
  private final int port;
  private int turn;
  private @Nullable Program master;

  Gunicorn(Path root, Path folder) throws IOException {
    this.root = root;
    this.folder = Files.createDirectories(folder);
    this.port = Http.freePorts(1);
  }

  @Override
  public String name() {
    return "Python, gunicorn";
  }

  @Override
  public int port() {
    return port;
  }

  private String version() {
    return turn == 0 ? "v1" : "v2";
  }

  @Override
  public void start() throws IOException, InterruptedException {
    Files.copy(root.resolve("demo-app/bench/gunicorn/app.py"), folder.resolve("app.py"));
    Files.writeString(folder.resolve("release.txt"), version());
    master =
        Program.start(
            folder,
            List.of(
                "gunicorn",
                "--chdir",
                folder.toString(),
                "--bind",
                "127.0.0.1:" + port,
                "--workers",
                "2",
                "--worker-class",
                "gthread", // the one that keeps connections
                "--threads",
                "16",
                "app:application"));
    Http.await(port, version());
  }

  @Override
  public Swap swap() throws IOException, InterruptedException {
    Program program = master;
    if (program == null) {
      throw new IllegalStateException("not started");
    }
    turn = 1 - turn;
    Files.writeString(folder.resolve("release.txt"), version());
    List<Long> workers = Program.children(program.pid());
    long begun = System.nanoTime();
    program.signal("HUP");
    Http.await(port, version());
    Program.awaitEnd(workers);
    return new Swap(begun, version());
  }

  @Override
  public String lastLines() {
    return master == null ? "" : master.lastLines();
  }

  @Override
  public void close() {
    if (master != null) {
      master.close();
    }
  }
}
