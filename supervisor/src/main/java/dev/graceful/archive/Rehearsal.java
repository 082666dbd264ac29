package dev.graceful.archive;

import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.jar.Attributes;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * A short life of graceful, in which its JVMs write down which classes it takes: it runs a server,
 * swaps it, tells its status and stops.
 */
final class Rehearsal implements Closeable {
  private static final String NAME = "rehearsal";
  private static final long PATIENCE_SECONDS = 60;
  private static final long LOOK_MILLIS = 20;

  /** As the launcher blocks them (env(1) of GNU). */
  private static final String SIGNALS = "HUP,INT,TERM,USR1,USR2,TSTP";

  /** Numbers that only mean something within one list. */
  private static final Pattern NUMBER = Pattern.compile(" id: \\d+$");

  private final Path home;
  private final Path folder = Files.createTempDirectory("graceful-");

  /**
   * Prepares it.
   *
   * @param home the program's own folder
   */
  Rehearsal(Path home) throws IOException {
    this.home = home;
  }

  /**
   * Plays it.
   *
   * @return lines as -XX:SharedClassListFile has them
   * @throws IOException one line that says what went wrong
   */
  Set<String> classes() throws IOException, InterruptedException {
    int port = freePort();
    Path jar = jar();
    List<String> command = new ArrayList<>(List.of("env", "--block-signal=" + SIGNALS));
    command.addAll(java("run", "-Xrs"));
    command.add("-Djffi.boot.library.path=" + home.resolve("native/jni") + "/" + machine());
    command.add("-Dgraceful.home=" + home);
    command.addAll(program("run", jar.toString(), Integer.toString(port)));
    Process run = start("run", command);
    try {
      awaitAnswer(run, port);
      play("reload");
      play("status");
      play("stop");
      end("run", run);
    } finally {
      run.destroy(); // as TERM: so it ends its workers
      if (!run.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
        run.destroyForcibly();
      }
    }
    Set<String> classes = new LinkedHashSet<>();
    for (String each : List.of("run", "reload", "status", "stop")) {
      for (String line : Files.readAllLines(list(each), StandardCharsets.UTF_8)) {
        if (!line.startsWith("#") && !line.startsWith("@cp") && !line.contains("source:")) {
          classes.add(NUMBER.matcher(line).replaceFirst(""));
        }
      }
    }
    return classes;
  }

  private void play(String command) throws IOException, InterruptedException {
    List<String> line = java(command);
    line.addAll(program(command, NAME));
    end(command, start(command, line));
  }

  private List<String> java(String command, String... options) {
    List<String> line = new ArrayList<>(List.of(System.getProperty("java.home") + "/bin/java"));
    line.addAll(List.of(options));
    line.add("-XX:DumpLoadedClassList=" + list(command));
    line.addAll(List.of("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC"));
    return line;
  }

  private List<String> program(String command, String... arguments) {
    List<String> line = new ArrayList<>();
    line.addAll(List.of("-jar", home.resolve("lib/graceful.jar").toString(), command));
    line.addAll(List.of("--run-dir", folder.resolve("run").toString()));
    if (command.equals("run")) {
      line.addAll(List.of("--name", NAME));
    }
    line.addAll(List.of(arguments));
    return line;
  }

  private Path list(String command) {
    return folder.resolve(command + ".classes");
  }

  private Process start(String name, List<String> command) throws IOException {
    ProcessBuilder builder = new ProcessBuilder(command);
    builder.environment().put("_JAVA_SR_SIGNUM", "50"); // as the launcher: USR2 is ours
    builder.environment().remove("JAVA_TOOL_OPTIONS");
    builder.environment().remove("JDK_JAVA_OPTIONS");
    builder.environment().remove("_JAVA_OPTIONS");
    return builder
        .redirectErrorStream(true)
        .redirectOutput(folder.resolve(name + ".log").toFile())
        .start();
  }

  private void end(String name, Process process) throws IOException, InterruptedException {
    if (!process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
      process.destroyForcibly();
      throw new IOException(name + " did not end");
    }
    if (process.exitValue() != 0) {
      throw new IOException(name + " failed: " + said(name));
    }
  }

  private String said(String name) throws IOException {
    return Files.readString(folder.resolve(name + ".log")).strip().replace('\n', ' ');
  }

  private void awaitAnswer(Process run, int port) throws IOException, InterruptedException {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
    while (System.nanoTime() < end && run.isAlive()) {
      try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
        if (socket.getInputStream().read() >= 0) {
          return;
        }
      } catch (IOException e) {
        // not yet
      }
      TimeUnit.MILLISECONDS.sleep(LOOK_MILLIS);
    }
    throw new IOException("run does not serve: " + said("run"));
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }

  private static String machine() {
    return (System.getProperty("os.arch").equals("amd64") ? "x86_64" : "aarch64") + "-Linux";
  }

  private Path jar() throws IOException {
    Manifest manifest = new Manifest();
    manifest.getMainAttributes().put(Attributes.Name.MANIFEST_VERSION, "1.0");
    manifest.getMainAttributes().put(Attributes.Name.MAIN_CLASS, Server.class.getName());
    String entry = Server.class.getName().replace('.', '/') + ".class";
    Path jar = folder.resolve("rehearsal.jar");
    try (InputStream in = Rehearsal.class.getClassLoader().getResourceAsStream(entry);
        OutputStream file = Files.newOutputStream(jar);
        JarOutputStream out = new JarOutputStream(file, manifest)) {
      if (in == null) {
        throw new IOException("there is no " + entry);
      }
      out.putNextEntry(new JarEntry(entry));
      in.transferTo(out);
      out.closeEntry();
    }
    return jar;
  }

  /** What is served meanwhile: one byte for each connection. */
  static final class Server {
    private Server() {}

    /** Serves on the port that is its argument, until it is ended. */
    public static void main(String[] args) throws IOException {
      try (ServerSocket listener = new ServerSocket()) {
        int port = Integer.parseInt(args[0]);
        listener.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
        while (true) {
          try (Socket socket = listener.accept()) {
            socket.getOutputStream().write('!');
          }
        }
      }
    }
  }

  @Override
  public void close() throws IOException {
    try (Stream<Path> all = Files.walk(folder)) {
      for (Path path : all.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(path);
      }
    }
  }
}
