package dev.graceful.archive;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.jar.Attributes;
import java.util.jar.JarFile;

/**
 * Class data of graceful itself, so that its commands start fast and the supervisor takes less
 * memory. Made by the build, with the JVM of the build; the launcher uses it with that JVM's
 * version only, and only while it is younger than the program.
 */
public final class OwnArchive {
  /** What the program uses next to nothing of: other systems, tables of numbers, assemblers. */
  private static final List<String> LEFT_OUT =
      List.of(
          "dev/graceful/agent/",
          "jnr/constants/",
          "jnr/x86asm/",
          "jnr/a64asm/",
          "jnr/ffi/provider/jffi/platform/",
          "jnr/posix/Aix",
          "jnr/posix/DragonFly",
          "jnr/posix/FreeBSD",
          "jnr/posix/MacOS",
          "jnr/posix/NetBSD",
          "jnr/posix/OpenBSD",
          "jnr/posix/Solaris",
          "jnr/posix/Windows",
          "jnr/posix/windows/",
          "org/objectweb/asm/commons/",
          "org/objectweb/asm/tree/",
          "org/objectweb/asm/util/",
          "com/fasterxml/jackson/core/filter/",
          "com/fasterxml/jackson/core/format/",
          "com/fasterxml/jackson/core/internal/",
          "com/fasterxml/jackson/jr/ob/comp/");

  private OwnArchive() {}

  /**
   * Makes {@code graceful-VERSION.jsa} in a folder. Where that cannot be done it says so, and
   * graceful starts without.
   *
   * @param args the program's jar, and the folder
   */
  public static void main(String[] args) throws IOException, InterruptedException {
    Path jar = Path.of(args[0]);
    Path folder = Path.of(args[1]);
    // as the launcher reads it
    String version = System.getProperty("java.version");
    Path list = folder.resolve("graceful.classes");
    Path made = folder.resolve("graceful.made");
    Path archive = folder.resolve("graceful-" + version + ".jsa");
    try {
      Files.write(list, names(jar), StandardCharsets.UTF_8);
      Files.deleteIfExists(made);
      if (dump(jar, list, made)) {
        Files.move(made, archive, StandardCopyOption.ATOMIC_MOVE);
      } else {
        System.err.println(
            "graceful: no archive of its classes: java -Xshare:dump failed; it starts without");
      }
    } finally {
      Files.deleteIfExists(list);
      Files.deleteIfExists(made);
    }
  }

  /** What the JDK itself has in its archive, and what the program consists of. */
  private static List<String> names(Path jar) throws IOException {
    List<String> names = new ArrayList<>();
    Path jdks = Path.of(System.getProperty("java.home"), "lib", "classlist");
    if (Files.exists(jdks)) {
      names.addAll(Files.readAllLines(jdks, StandardCharsets.UTF_8));
    }
    try (JarFile program = new JarFile(jar.toFile())) {
      addClasses(jar, names);
      String path = program.getManifest().getMainAttributes().getValue(Attributes.Name.CLASS_PATH);
      for (String library : path.split(" ", -1)) {
        addClasses(jar.resolveSibling(library), names);
      }
    }
    return names;
  }

  private static void addClasses(Path jar, List<String> names) throws IOException {
    if (!Files.exists(jar)) {
      return; // one that holds no classes
    }
    for (String name : ClassNames.in(jar)) {
      if (!name.startsWith("META-INF/")
          && !name.endsWith("-info")
          && LEFT_OUT.stream().noneMatch(name::startsWith)) {
        names.add(name);
      }
    }
  }

  private static boolean dump(Path jar, Path list, Path made)
      throws IOException, InterruptedException {
    ProcessBuilder java =
        new ProcessBuilder(
            System.getProperty("java.home") + "/bin/java",
            "-Xshare:dump",
            "-XX:+UseSerialGC",
            "-XX:SharedClassListFile=" + list,
            "-XX:SharedArchiveFile=" + made,
            "-cp",
            jar.toString());
    // it warns of each class of the list that this JVM does not have
    java.redirectErrorStream(true).redirectOutput(ProcessBuilder.Redirect.DISCARD);
    return java.start().waitFor() == 0 && Files.isRegularFile(made);
  }
}
