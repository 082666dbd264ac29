package dev.graceful.e2e;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** A JDK that workers can run on. */
record Jdk(int feature, Path home) {
  /** The one that runs the tests. */
  static Jdk own() {
    return new Jdk(Runtime.version().feature(), Path.of(System.getProperty("java.home")));
  }

  /** The one that runs the tests, and the newest later one that this machine has. */
  static List<Jdk> all() throws IOException {
    List<Jdk> all = new ArrayList<>();
    all.add(own());
    Path installed = Path.of("/usr/lib/jvm");
    Jdk newest = own();
    if (Files.isDirectory(installed)) {
      try (Stream<Path> homes = Files.list(installed)) {
        for (Path home : homes.toList()) {
          int feature = featureOf(home);
          if (feature >= 21 && feature > newest.feature()) {
            newest = new Jdk(feature, home);
          }
        }
      }
    }
    if (newest.feature() > own().feature()) {
      all.add(newest);
    } else {
      System.out.println("No JDK later than " + own().feature() + " here: tested on that only.");
    }
    return all;
  }

  private static int featureOf(Path home) throws IOException {
    Path release = home.resolve("release");
    if (!Files.isExecutable(home.resolve("bin/java")) || !Files.exists(release)) {
      return 0;
    }
    return Files.readAllLines(release).stream()
        .filter(line -> line.startsWith("JAVA_VERSION="))
        .map(line -> line.replaceAll("[^0-9.]", "").split("\\.")[0])
        .mapToInt(Integer::parseInt)
        .findFirst()
        .orElse(0);
  }

  @Override
  public String toString() {
    return "JDK " + feature;
  }
}
