package dev.graceful.supervisor;

import dev.graceful.archive.Launch;
import dev.graceful.config.RunOptions;
import dev.graceful.posix.ProcFs;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Set;

/** The command line and environment of a worker. */
final class WorkerCommand {
  /** Variables by which a service manager speaks to the supervisor, and to nobody else. */
  private static final Set<String> MANAGER =
      Set.of(
          "NOTIFY_SOCKET",
          "WATCHDOG_PID",
          "WATCHDOG_USEC",
          "LISTEN_FDS",
          "LISTEN_PID",
          "LISTEN_FDNAMES",
          "MAINPID");

  /** The launcher set these for the supervisor's JVM. */
  private static final Set<String> SUPERVISOR = Set.of("_JAVA_SR_SIGNUM", "MALLOC_ARENA_MAX");

  /**
   * What the launcher put aside: {@code GRACEFUL_SAVED_X} is the operator's own {@code X}, empty
   * where there was none.
   */
  private static final String SAVED = "GRACEFUL_SAVED_";

  /** Variables whose words a JVM takes for options. */
  private static final Set<String> JVM_OPTIONS =
      Set.of("JAVA_TOOL_OPTIONS", "JDK_JAVA_OPTIONS", "_JAVA_OPTIONS");

  /** What one supervisor leaves to the next in the same process. */
  private static final String INHERITED = Inheritance.VARIABLE;

  /**
   * What -javaagent: stands for; that would also ask for a module which every application on the
   * class path has, and for this the JVM gives up its archived modules: 50 ms.
   */
  static final String AGENT = "-agentlib:instrument=";

  /** For a JVM that is told which modules there are: it adds the one that it needs. */
  static final String AGENT_AND_MODULE = "-javaagent:";

  /** What the launcher and the operator tell the supervisor. */
  private static final String PRIVATE = "GRACEFUL_";

  private WorkerCommand() {}

  static List<String> command(
      RunOptions options, Path home, Path socket, int generation, Launch launch)
      throws IOException {
    List<String> command = new ArrayList<>();
    command.add(options.java().toString());
    command.addAll(launch.options());
    command.addAll(options.jvmArguments());
    command.add(
        agent(options)
            + home.resolve("worker/graceful-agent.jar")
            + "=socket="
            + socket
            + ";generation="
            + generation
            + ";connections="
            + (options.moveConnections() ? "move" : "drain")
            + ";native="
            + nativeLibrary(home)
            + launch.agent());
    command.addAll(launch.program());
    command.addAll(options.arguments());
    return command;
  }

  /** What a worker must be able to read. */
  static List<Path> needed(RunOptions options, Path home) {
    return List.of(options.java(), home.resolve("worker/graceful-agent.jar"), nativeLibrary(home));
  }

  private static Path nativeLibrary(Path home) {
    String machine = "aarch64".equals(System.getProperty("os.arch")) ? "aarch64" : "x86_64";
    return home.resolve("native/jni/" + machine + "-Linux/libjffi-1.2.so");
  }

  private static String agent(RunOptions options) throws IOException {
    return jvmOptions(options).stream().anyMatch(option -> option.startsWith("--limit-modules"))
        ? AGENT_AND_MODULE
        : AGENT;
  }

  /** The jars that an agent consists of. */
  static List<Path> jars(Path home) throws IOException {
    List<Path> jars = new ArrayList<>();
    jars.add(home.resolve("worker/graceful-agent.jar"));
    try (DirectoryStream<Path> runtime =
        Files.newDirectoryStream(home.resolve("worker/runtime"), "*.jar")) {
      runtime.forEach(jars::add);
    }
    jars.sort(Comparator.naturalOrder());
    return jars;
  }

  /** All options that the operator gives to the workers' JVM, those in variables first. */
  static List<String> jvmOptions(RunOptions options) throws IOException {
    List<String> given = new ArrayList<>();
    for (byte[] entry : environment(ProcFs.environment())) {
      String text = new String(entry, StandardCharsets.ISO_8859_1);
      String name = text.substring(0, Math.max(0, text.indexOf('=')));
      if (JVM_OPTIONS.contains(name)) {
        given.addAll(List.of(text.substring(name.length() + 1).trim().split("\\s+", -1)));
      }
    }
    given.addAll(options.jvmArguments());
    return given;
  }

  /** What workers get of the environment that the operator gave, byte for byte. */
  static List<byte[]> environment(List<byte[]> all) {
    List<byte[]> result = new ArrayList<>();
    for (byte[] entry : operators(all)) {
      String name = name(entry);
      if (!MANAGER.contains(name) && !name.startsWith(PRIVATE)) {
        result.add(entry);
      }
    }
    return result;
  }

  private static String name(byte[] entry) {
    String text = new String(entry, StandardCharsets.ISO_8859_1);
    int equals = text.indexOf('=');
    return equals < 0 ? text : text.substring(0, equals);
  }

  /** The environment as the operator gave it to the launcher, byte for byte. */
  static List<byte[]> operators(List<byte[]> all) {
    List<byte[]> result = new ArrayList<>();
    for (byte[] entry : all) {
      String text = new String(entry, StandardCharsets.ISO_8859_1);
      String name = name(entry);
      if (name.startsWith(SAVED)) {
        String own = text.substring(SAVED.length());
        if (!own.endsWith("=")) {
          result.add(own.getBytes(StandardCharsets.ISO_8859_1));
        }
      } else if (!SUPERVISOR.contains(name) && !name.startsWith(INHERITED)) {
        result.add(entry);
      }
    }
    return result;
  }
}
