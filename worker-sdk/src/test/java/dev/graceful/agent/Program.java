package dev.graceful.agent;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;

/** The built jars, laid out in a folder as the packaged program has them. */
final class Program {
  private static final String NATIVE =
      "/jni/" + System.getProperty("os.arch").replace("amd64", "x86_64") + "-Linux/libjffi-1.2.so";

  private final Path folder;

  private Program(Path folder) {
    this.folder = folder;
  }

  static Program layOut(Path folder) throws Exception {
    Files.createDirectories(folder.resolve("runtime"));
    Files.copy(Path.of(System.getProperty("graceful.agent")), folder.resolve("agent.jar"));
    Path runtime = folder.resolve("runtime");
    Files.copy(Path.of(System.getProperty("graceful.runtime")), runtime.resolve("graceful.jar"));
    Files.copy(jarOf(com.kenai.jffi.Invoker.class), runtime.resolve("jffi.jar"));
    Files.copy(jarOf(org.objectweb.asm.ClassReader.class), runtime.resolve("asm.jar"));
    try (InputStream library = Program.class.getResourceAsStream(NATIVE)) {
      Files.copy(Objects.requireNonNull(library), folder.resolve("libjffi.so"));
    }
    return new Program(folder);
  }

  private static Path jarOf(Class<?> type) throws Exception {
    return Path.of(type.getProtectionDomain().getCodeSource().getLocation().toURI());
  }

  String agentOption(Path socket, int generation) {
    return "-javaagent:"
        + folder.resolve("agent.jar")
        + "=socket="
        + socket
        + ";generation="
        + generation
        + ";native="
        + folder.resolve("libjffi.so");
  }

  /** The JDKs to run workers on: this one, and those installed beside it that are newer. */
  static List<Path> jdks() throws IOException {
    Path own = Path.of(System.getProperty("java.home")).toRealPath();
    List<Path> jdks = new ArrayList<>(List.of(own));
    Path parent = Objects.requireNonNull(own.getParent());
    try (Stream<Path> siblings = Files.list(parent)) {
      for (Path sibling : (Iterable<Path>) siblings.sorted()::iterator) {
        Path release = sibling.resolve("release");
        if (Files.isRegularFile(release)
            && Files.isExecutable(sibling.resolve("bin/java"))
            && !sibling.toRealPath().equals(own)
            && feature(release) >= 21) {
          jdks.add(sibling.toRealPath());
        }
      }
    }
    return jdks;
  }

  static int feature(Path release) throws IOException {
    for (String line : Files.readAllLines(release)) {
      if (line.startsWith("JAVA_VERSION=\"")) {
        return Integer.parseInt(line.substring(14).split("[.\"\\-+]")[0]);
      }
    }
    return 0;
  }
}
