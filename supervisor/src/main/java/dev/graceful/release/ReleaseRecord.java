package dev.graceful.release;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.Comparator;
import java.util.Optional;
import java.util.Properties;
import java.util.regex.Pattern;

/**
 * What is written down in a release's folder about it.
 *
 * @param folder the release's own
 * @param added when it was last added; kept as the modification time of the file
 */
record ReleaseRecord(Path folder, Release release, Instant added) {
  static final String FILE = ".release";
  private static final Pattern ID = Pattern.compile("[0-9a-f]{12}");
  static final Comparator<ReleaseRecord> LAST_ADDED_FIRST =
      Comparator.comparing(ReleaseRecord::added).reversed();

  /** The record in that folder; empty if the folder holds no release. */
  static Optional<ReleaseRecord> read(Path folder) {
    String id = String.valueOf(folder.getFileName());
    if (!ID.matcher(id).matches()) {
      return Optional.empty();
    }
    Path file = folder.resolve(FILE);
    Properties properties = new Properties();
    try (InputStream in = Files.newInputStream(file)) {
      properties.load(in);
      Path jar = folder.resolve(properties.getProperty("jar", ""));
      if (!Files.isRegularFile(jar)) {
        return Optional.empty();
      }
      Release release =
          new Release(
              id,
              jar,
              Path.of(properties.getProperty("source", "")),
              Long.parseLong(properties.getProperty("size", "")),
              Instant.parse(properties.getProperty("created", "")));
      return Optional.of(
          new ReleaseRecord(folder, release, Files.getLastModifiedTime(file).toInstant()));
    } catch (IOException | IllegalArgumentException | DateTimeException e) {
      return Optional.empty();
    }
  }

  static void write(Release release, Path folder, Path jarPlace, Instant added) throws IOException {
    Properties properties = new Properties();
    properties.setProperty("jar", jarPlace.toString());
    properties.setProperty("source", release.source().toString());
    properties.setProperty("size", Long.toString(release.size()));
    properties.setProperty("created", release.created().toString());
    Path file = folder.resolve(FILE);
    try (OutputStream out = Files.newOutputStream(file)) {
      properties.store(out, null);
    }
    Files.setLastModifiedTime(file, FileTime.from(added));
    FileCopy.sync(file);
  }

  /** Notes that the same content was added once more. */
  void touch(Instant now) throws IOException {
    Files.setLastModifiedTime(folder.resolve(FILE), FileTime.from(now));
  }
}
