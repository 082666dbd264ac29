package dev.graceful.demo.bench;

import java.io.IOException;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;

/**
 * An application's jar in its place, and the two releases that take turns there.
 *
 * @param jar the place
 * @param versions what the answers of each say
 */
record Releases(Path jar, Path[] sources, String[] versions, int[] turn) {

  /** Both releases of {@code app} in {@code folder}; the first one is in place. */
  static Releases in(Path folder, App app) throws IOException {
    Path[] sources = new Path[2];
    for (int i = 0; i < 2; i++) {
      sources[i] = folder.resolve("release-" + i + ".jar");
      Files.copy(app.jars().get(Math.min(i, app.jars().size() - 1)), sources[i]);
      if (!app.releaseEntry().isEmpty()) {
        try (FileSystem content = FileSystems.newFileSystem(sources[i])) {
          Files.writeString(content.getPath(app.releaseEntry()), app.versions().get(i));
        }
      }
    }
    Releases releases =
        new Releases(
            folder.resolve("app.jar"), sources, app.versions().toArray(String[]::new), new int[1]);
    releases.put(0);
    return releases;
  }

  /** Puts the other release in place, written aside and renamed; what its answers say. */
  String next() throws IOException {
    return put(1 - turn[0]);
  }

  /** What the answers of the one in place say. */
  String current() {
    return versions[turn[0]];
  }

  private String put(int which) throws IOException {
    Path aside = Files.copy(sources[which], jar.resolveSibling(".app.jar.new"));
    Files.move(aside, jar, StandardCopyOption.ATOMIC_MOVE);
    turn[0] = which;
    return versions[which];
  }
}
