package dev.graceful.archive;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;

/**
 * Class data of graceful itself, so that its commands start fast and the supervisor takes less
 * memory. Made by the build, with the JVM of the build; the launcher uses it with that JVM's
 * version only, and only while it is younger than the program. It holds what a {@link Rehearsal}
 * loads: each class that it has besides is memory for nothing.
 */
public final class OwnArchive {
  private OwnArchive() {}

  /**
   * Makes {@code graceful-VERSION.jsa} in the program's folder. Where that cannot be done it says
   * so, and graceful starts without.
   *
   * @param args the program's folder
   */
  public static void main(String[] args) throws InterruptedException {
    Path home = Path.of(args[0]);
    try {
      make(home);
    } catch (IOException e) {
      System.err.println(
          "graceful: no archive of its own classes, it starts without: " + e.getMessage());
    }
  }

  private static void make(Path home) throws IOException, InterruptedException {
    // as the launcher reads it
    String version = System.getProperty("java.version");
    Path list = home.resolve("graceful.classes");
    Path made = home.resolve("graceful.made");
    try (Rehearsal rehearsal = new Rehearsal(home)) {
      Files.write(list, rehearsal.classes(), StandardCharsets.UTF_8);
      Files.deleteIfExists(made);
      dump(home, list, made);
      Path archive = home.resolve("graceful-" + version + ".jsa");
      Files.move(made, archive, StandardCopyOption.ATOMIC_MOVE);
    } finally {
      Files.deleteIfExists(list);
      Files.deleteIfExists(made);
    }
  }

  private static void dump(Path home, Path list, Path made)
      throws IOException, InterruptedException {
    ProcessBuilder java =
        new ProcessBuilder(
            System.getProperty("java.home") + "/bin/java",
            "-Xshare:dump",
            "-XX:+UseSerialGC",
            "-XX:SharedClassListFile=" + list,
            "-XX:SharedArchiveFile=" + made,
            "-cp",
            home.resolve("lib/graceful.jar").toString());
    // it warns of what it leaves out
    java.redirectErrorStream(true).redirectOutput(ProcessBuilder.Redirect.DISCARD);
    if (java.start().waitFor() != 0 || !Files.isRegularFile(made)) {
      throw new IOException("java -Xshare:dump failed");
    }
  }
}
