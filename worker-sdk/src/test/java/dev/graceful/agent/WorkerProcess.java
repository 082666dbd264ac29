package dev.graceful.agent;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/** A child JVM whose output is taken in at once and can be waited for. */
final class WorkerProcess implements AutoCloseable {
  private final Process process;
  private final List<String> out = new ArrayList<>();
  private final List<String> err = new ArrayList<>();
  private final List<Thread> readers = new ArrayList<>();
  private final Set<Integer> awaited = new HashSet<>();

  private WorkerProcess(Process process) {
    this.process = process;
    drain(process.getInputStream(), out);
    drain(process.getErrorStream(), err);
  }

  /** Starts {@link ServerApp} with a clean environment. */
  static WorkerProcess start(Path jdk, List<String> options, String... arguments)
      throws IOException {
    return start(ServerApp.class, jdk, options, arguments);
  }

  static WorkerProcess start(Class<?> app, Path jdk, List<String> options, String... arguments)
      throws IOException {
    return start(List.of(), jdk, options, app, arguments);
  }

  /** Starts {@code app} with a clean environment, behind the words of {@code prefix}. */
  static WorkerProcess start(
      List<String> prefix, Path jdk, List<String> options, Class<?> app, String... arguments)
      throws IOException {
    List<String> program = new ArrayList<>();
    program.addAll(List.of(System.getProperty("graceful.app"), app.getName()));
    program.addAll(List.of(arguments));
    return launch(prefix, jdk, options, program);
  }

  /**
   * Starts any class with a clean environment, behind the words of {@code prefix}.
   *
   * @param program class path, main class, arguments
   */
  static WorkerProcess launch(
      List<String> prefix, Path jdk, List<String> options, List<String> program)
      throws IOException {
    List<String> command = new ArrayList<>(prefix);
    command.add(jdk.resolve("bin/java").toString());
    command.add("-Xshare:auto");
    command.add("-XX:TieredStopAtLevel=1");
    command.addAll(options);
    command.add("-cp");
    command.addAll(program);
    ProcessBuilder builder = new ProcessBuilder(command);
    builder.environment().keySet().removeIf(name -> name.contains("JAVA") || name.contains("JDK"));
    return new WorkerProcess(builder.start());
  }

  private void drain(InputStream stream, List<String> lines) {
    Thread thread =
        new Thread(
            () -> {
              try (BufferedReader reader =
                  new BufferedReader(new InputStreamReader(stream, StandardCharsets.UTF_8))) {
                String line = reader.readLine();
                while (line != null) {
                  synchronized (out) {
                    lines.add(line);
                    out.notifyAll();
                  }
                  line = reader.readLine();
                }
              } catch (IOException e) {
                // the process has been ended
              }
            });
    thread.setDaemon(true);
    thread.start();
    readers.add(thread);
  }

  /** Waits for a line of standard output that starts with {@code prefix}, and returns its rest. */
  String await(String prefix) throws InterruptedException {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(120);
    synchronized (out) {
      while (true) {
        for (int i = 0; i < out.size(); i++) {
          if (out.get(i).startsWith(prefix) && awaited.add(i)) {
            return out.get(i).substring(prefix.length());
          }
        }
        long left = TimeUnit.NANOSECONDS.toMillis(deadline - System.nanoTime());
        if (left <= 0 || !process.isAlive() && !readers.get(0).isAlive()) {
          throw new AssertionError("no line '" + prefix + "'; " + said());
        }
        out.wait(Math.min(left, 100));
      }
    }
  }

  void tell(String line) throws IOException {
    OutputStream in = process.getOutputStream();
    in.write((line + "\n").getBytes(StandardCharsets.UTF_8));
    in.flush();
  }

  List<String> errors() {
    synchronized (out) {
      return List.copyOf(err);
    }
  }

  String said() {
    synchronized (out) {
      return "the worker printed " + out + " and on standard error " + err;
    }
  }

  long pid() {
    return process.pid();
  }

  /** Sends it a signal, named as kill(1) does. */
  void signal(String name) throws Exception {
    new ProcessBuilder("kill", "-" + name, Long.toString(pid())).inheritIO().start().waitFor();
  }

  /** Waits until it holds from {@code least} to {@code most} established connections of a port. */
  void sockets(int port, int least, int most) throws Exception {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(120);
    int now = socketsNow(port);
    while (now < least || now > most) {
      if (System.nanoTime() > deadline) {
        throw new AssertionError(now + " connections; " + said());
      }
      Thread.sleep(10);
      now = socketsNow(port);
    }
  }

  private int socketsNow(int port) throws IOException {
    Set<String> inodes = new HashSet<>();
    String end = String.format(":%04X", port);
    for (String table : List.of("tcp", "tcp6")) {
      for (String line : Files.readAllLines(Path.of("/proc/net", table))) {
        String[] words = line.trim().split(" +");
        if (words[1].endsWith(end) && words[3].equals("01")) {
          inodes.add("socket:[" + words[9] + "]");
        }
      }
    }
    int count = 0;
    try (DirectoryStream<Path> all =
        Files.newDirectoryStream(Path.of("/proc", Long.toString(pid()), "fd"))) {
      for (Path one : all) {
        try {
          if (inodes.contains(Files.readSymbolicLink(one).toString())) {
            count++;
          }
        } catch (NoSuchFileException e) {
          // closed meanwhile
        }
      }
    }
    return count;
  }

  /** All lines of standard output, when it has ended by itself. */
  List<String> lines() throws Exception {
    awaitEnd();
    synchronized (out) {
      return List.copyOf(out);
    }
  }

  /** Asks it to end, and returns its exit status. */
  int end() throws Exception {
    tell("exit");
    return awaitEnd();
  }

  private int awaitEnd() throws InterruptedException {
    if (!process.waitFor(120, TimeUnit.SECONDS)) {
      throw new AssertionError("the worker does not end; " + said());
    }
    for (Thread reader : readers) {
      reader.join(120_000);
    }
    return process.exitValue();
  }

  @Override
  public void close() {
    process.destroyForcibly();
    process.onExit().join();
  }
}
