package dev.graceful.demo.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** {@code java -jar}, stopped with TERM and started again: what most people do. */
final class Bare implements Contender {
  private final Path folder;
  private final Path jdk;
  private final App app;
  private final int port;
  private final Releases releases;
  private @Nullable Program program;

  Bare(Path jdk, App app, Path folder) throws IOException {
    this.folder = Files.createDirectories(folder);
    this.jdk = jdk;
    this.app = app;
    this.port = Http.freePorts(1);
    this.releases = Releases.in(folder, app);
  }

  @Override
  public String name() {
    return "java -jar";
  }

  @Override
  public int port() {
    return port;
  }

  @Override
  public void start() throws IOException, InterruptedException {
    launch();
    Http.await(port, releases.current());
  }

  /** Starts it and does not wait; when, as {@link System#nanoTime}. */
  long launch() throws IOException {
    long begun = System.nanoTime();
    program = Program.start(folder, command(jdk, releases.jar(), app, port));
    return begun;
  }

  static List<String> command(Path jdk, Path jar, App app, int port) {
    List<String> command =
        new ArrayList<>(List.of(jdk.resolve("bin/java").toString(), "-jar", jar.toString()));
    command.addAll(app.arguments(port));
    return command;
  }

  /** The version that a start runs now. */
  String current() {
    return releases.current();
  }

  long pid() {
    return program == null ? 0 : program.pid();
  }

  void stop() throws InterruptedException {
    if (program != null) {
      program.stop();
    }
  }

  @Override
  public Swap swap() throws IOException, InterruptedException {
    String version = releases.next();
    long begun = System.nanoTime();
    stop();
    launch();
    Http.await(port, version);
    return new Swap(begun, version);
  }

  @Override
  public String lastLines() {
    return program == null ? "" : program.lastLines();
  }

  @Override
  public void close() {
    if (program != null) {
      program.close();
    }
  }
}
