package dev.graceful.demo.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/**
 * What scenarios work with.
 *
 * @param root of the checkout
 * @param out where the report goes
 * @param folder for what they need meanwhile; it is deleted at the end
 * @param jdks for the servers; most scenarios use the first one
 * @param quick shorter and fewer runs
 * @param runs instead of each scenario's own number; 0: its own
 */
record Setting(Path root, Path out, Path folder, List<Path> jdks, boolean quick, int runs) {

  Path jdk() {
    return jdks.get(0);
  }

  /** A folder that nobody else has. */
  Path fresh(String name) throws IOException {
    return Files.createTempDirectory(folder, name);
  }

  /** How often something is measured. */
  int runs(int usual, int ifQuick) {
    return runs > 0 ? runs : quick ? ifQuick : usual;
  }

  /** Seconds, or fewer of them. */
  int seconds(int usual, int ifQuick) {
    return quick ? ifQuick : usual;
  }

  /** One line on what is going on. */
  void progress(String line) {
    System.err.println("bench: " + line);
  }

  void deleteFolder() throws IOException {
    try (Stream<Path> tree = Files.walk(folder)) {
      for (Path path : tree.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(path);
      }
    }
  }
}
