package dev.graceful.demo.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A Go server that upgrades itself with tableflip: the binary is replaced, then HUP. */
final class Tableflip implements Contender {
  private final Path built;
  private final Path folder;
  private final int port;
  private final Path pidFile;
  private int turn;
  private @Nullable Program first;
  private final List<Long> pids = new ArrayList<>();

  Tableflip(Path built, Path folder) throws IOException {
    this.built = built;
    this.folder = Files.createDirectories(folder);
    this.port = Http.freePorts(1);
    this.pidFile = folder.resolve("pid");
  }

  /** Builds both versions of it in {@code target}. */
  static void build(Path root, Path target) throws IOException, InterruptedException {
    Files.createDirectories(target);
    for (String version : List.of("v1", "v2")) {
      List<String> command = new ArrayList<>(List.of("env", "GO111MODULE=off"));
      command.add("GOPATH=/usr/share/gocode"); // Debian's libraries
      command.add("GOCACHE=" + target.resolve("cache"));
      command.addAll(List.of("go", "build", "-ldflags", "-X main.version=" + version));
      command.addAll(List.of("-o", target.resolve(version).toString(), "main.go"));
      Program.run(root.resolve("demo-app/bench/tableflip"), command);
    }
  }

  @Override
  public String name() {
    return "Go, tableflip";
  }

  @Override
  public int port() {
    return port;
  }

  private String version() {
    return turn == 0 ? "v1" : "v2";
  }

  private Path place() throws IOException {
    Path binary = folder.resolve("server");
    Path aside = Files.copy(built.resolve(version()), folder.resolve(".server.new"));
    return Files.move(aside, binary, StandardCopyOption.ATOMIC_MOVE);
  }

  @Override
  public void start() throws IOException, InterruptedException {
    first =
        Program.start(
            folder, List.of(place().toString(), Integer.toString(port), pidFile.toString()));
    Http.await(port, version());
    pids.add(pid());
  }

  private long pid() throws IOException {
    return Long.parseLong(Files.readString(pidFile).trim());
  }

  @Override
  public Swap swap() throws IOException, InterruptedException {
    turn = 1 - turn;
    place();
    long old = pid();
    long begun = System.nanoTime();
    Program.signal("HUP", old);
    Http.await(port, version());
    Program.awaitEnd(List.of(old));
    pids.add(pid());
    return new Swap(begun, version());
  }

  @Override
  public String lastLines() {
    return first == null ? "" : first.lastLines();
  }

  @Override
  public void close() throws IOException {
    for (long pid : pids) {
      if (ProcessHandle.of(pid)
          .flatMap(handle -> handle.info().command())
          .filter(command -> command.startsWith(folder.toString()))
          .isPresent()) {
        Program.signal("KILL", pid);
      }
    }
    if (first != null) {
      first.close();
    }
    Program.killLeftovers(folder.resolve("server"));
  }
}
