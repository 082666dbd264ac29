package dev.graceful.demo.servers;

import java.io.IOException;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import org.jspecify.annotations.Nullable;

/** The two releases of a server's jar, v1 and v2, and the place where one of them runs. */
final class ReleaseJars {
  private final Path folder;
  private final Path built;
  private final @Nullable String entry;
  private String current = "v2";

  /** Prepares both in {@code folder}. */
  ReleaseJars(Path built, @Nullable String entry, Path folder) throws IOException {
    this.built = built;
    this.entry = entry;
    this.folder = folder;
    if (entry != null) {
      prepare("v1", entry);
      prepare("v2", entry);
    }
  }

  private void prepare(String release, String name) throws IOException {
    Path jar = folder.resolve(release + ".jar");
    Files.copy(built, jar);
    try (FileSystem content = FileSystems.newFileSystem(jar)) {
      Files.writeString(content.getPath(name), release);
    }
  }

  Path jar() {
    return folder.resolve("app.jar");
  }

  /** Whether the answers tell the release. */
  boolean differ() {
    return entry != null;
  }

  /** Puts the next release in place, written aside and renamed; its name. */
  String next() throws IOException {
    current = current.equals("v1") ? "v2" : "v1";
    Path source = entry == null ? built : folder.resolve(current + ".jar");
    Path aside = Files.copy(source, folder.resolve(".app.jar.new"));
    Files.move(aside, jar(), StandardCopyOption.ATOMIC_MOVE);
    return current;
  }
}
