package dev.graceful.e2e;

import dev.graceful.demo.soak.AppJar;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** How an instance is to be started. */
final class Launch {
  private final Workshop workshop;
  private final Path folder;
  private final List<String> prefix = new ArrayList<>();
  private final List<String> options = new ArrayList<>();
  private final List<String> arguments = new ArrayList<>();
  private final Map<String, String> environment = new HashMap<>();
  private Path launcher = Program.LAUNCHER;
  private String name = "app";
  private int port;
  private Path runDir;
  private @Nullable Path stdin;
  private @Nullable Path directory;

  Launch(Workshop workshop, Path folder) {
    this.workshop = workshop;
    this.folder = folder;
    this.runDir = folder.resolve("run");
  }

  /** Another installation of the program. */
  Launch program(Path otherLauncher) {
    launcher = otherLauncher;
    return this;
  }

  Launch name(String name) {
    this.name = name;
    return this;
  }

  /** Options of {@code run}. */
  Launch options(String... options) {
    this.options.addAll(List.of(options));
    return this;
  }

  /** Arguments of the application. */
  Launch arguments(String... arguments) {
    this.arguments.addAll(List.of(arguments));
    return this;
  }

  Launch environment(String name, String value) {
    environment.put(name, value);
    return this;
  }

  Launch java(Jdk jdk) {
    return options("--java", jdk.home().toString());
  }

  Launch port(int port) {
    this.port = port;
    return this;
  }

  /** Default: one of its own. */
  Launch runDir(Path runDir) {
    this.runDir = runDir;
    return this;
  }

  Launch stdin(Path file) {
    this.stdin = file;
    return this;
  }

  /** The working directory; default: the instance's folder. */
  Launch directory(Path directory) {
    this.directory = directory;
    return this;
  }

  /** What runs the launcher, and becomes it or is its parent. */
  Launch prefix(String... command) {
    prefix.addAll(List.of(command));
    return this;
  }

  /** The folder of this instance. */
  Path folder() {
    return folder;
  }

  /** Starts it with that jar; waits for nothing. */
  GracefulProcess start(AppJar jar) throws IOException {
    jar.moveTo(folder.resolve("app.jar"));
    return start();
  }

  /** Starts it with the jar that lies in its folder as app.jar. */
  GracefulProcess start() throws IOException {
    if (port == 0) {
      port = Ports.free();
    }
    Path gates = Files.createDirectories(folder.resolve("gates"));
    List<String> command = new ArrayList<>(prefix);
    command.addAll(List.of(launcher.toString(), "run", "--name", name));
    command.addAll(List.of("--run-dir", runDir.toString()));
    command.addAll(options);
    command.add(folder.resolve("app.jar").toString());
    command.add("gates=" + gates);
    if (arguments.stream().noneMatch(argument -> argument.startsWith("ports="))) {
      command.add("ports=" + port);
    }
    command.addAll(arguments);
    return start(command);
  }

  private GracefulProcess start(List<String> command) throws IOException {
    ProcessBuilder builder = new ProcessBuilder(command);
    builder.directory((directory == null ? folder : directory).toFile());
    builder.redirectInput(stdin == null ? Path.of("/dev/null").toFile() : stdin.toFile());
    Program.scrub(builder.environment());
    builder.environment().putAll(environment);
    GracefulProcess instance =
        new GracefulProcess(builder.start(), folder, runDir, name, port, () -> start(command));
    workshop.started(instance);
    return instance;
  }

  /** Starts it and waits until that version serves. */
  GracefulProcess serving(AppJar jar, String version) throws Exception {
    GracefulProcess instance = start(jar);
    instance.awaitServing(version);
    return instance;
  }
}
