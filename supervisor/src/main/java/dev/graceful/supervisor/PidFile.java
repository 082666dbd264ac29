package dev.graceful.supervisor;

import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import org.jspecify.annotations.Nullable;

/** The file with the supervisor's pid: written aside and renamed, so that nobody reads half. */
final class PidFile implements Closeable {
  private final @Nullable Path path;
  private final String content;

  private PidFile(@Nullable Path path, String content) {
    this.path = path;
    this.content = content;
  }

  /** Writes it, if the operator named one. */
  static PidFile write(@Nullable Path path) throws IOException {
    String content = ProcessHandle.current().pid() + "\n";
    if (path != null) {
      Path absolute = path.toAbsolutePath();
      Path aside = absolute.resolveSibling(absolute.getFileName() + ".new");
      try {
        Files.writeString(aside, content);
        Files.move(aside, absolute, StandardCopyOption.ATOMIC_MOVE);
      } catch (IOException e) {
        Files.deleteIfExists(aside);
        String why = e instanceof NoSuchFileException ? "no such folder" : e.toString();
        throw new IOException(
            "the pid file " + path + " cannot be written (" + why + "); choose another place", e);
      }
    }
    return new PidFile(path, content);
  }

  /** Removes it, unless it is another's by now. */
  @Override
  public void close() {
    try {
      if (path != null && Files.readString(path).equals(content)) {
        Files.delete(path);
      }
    } catch (IOException e) {
      // gone already
    }
  }
}
