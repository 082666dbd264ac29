package dev.graceful.release;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
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
 */
record ReleaseRecord(Path folder, Release release) {
  private static final String FILE = ".release";
  private static final Pattern ID = Pattern.compile("[0-9a-f]{12}");
  static final Comparator<ReleaseRecord> LAST_ADDED_FIRST =
      Comparator.comparing((ReleaseRecord record) -> record.release().added()).reversed();

  /** The only thing in a release's folder that changes; written aside and renamed. */
  private static final String VERDICT = ".verdict";

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
              Instant.parse(properties.getProperty("created", "")),
              Files.getLastModifiedTime(file).toInstant(),
              verdict(folder.resolve(VERDICT)));
      return Optional.of(new ReleaseRecord(folder, release));
    } catch (IOException | IllegalArgumentException | DateTimeException e) {
      return Optional.empty();
    }
  }

  static void write(Release release, Path folder, Path jarPlace) throws IOException {
    Properties properties = new Properties();
    properties.setProperty("jar", jarPlace.toString());
    properties.setProperty("source", release.source().toString());
    properties.setProperty("size", Long.toString(release.size()));
    properties.setProperty("created", release.created().toString());
    Path file = folder.resolve(FILE);
    try (OutputStream out = Files.newOutputStream(file)) {
      properties.store(out, null);
    }
    Files.setLastModifiedTime(file, FileTime.from(release.added()));
    FileCopy.sync(file);
  }

  /** Notes that the same content was added once more. */
  Release addedAgain(Instant now) throws IOException {
    Files.setLastModifiedTime(folder.resolve(FILE), FileTime.from(now));
    return new Release(
        release.id(),
        release.jar(),
        release.source(),
        release.size(),
        release.created(),
        now,
        release.verdict());
  }

  /** Writes down what became of it. */
  void judge(Release.Verdict verdict) throws IOException {
    Path aside = folder.resolve(VERDICT + ".new");
    Files.writeString(aside, verdict.name());
    Files.move(aside, folder.resolve(VERDICT), StandardCopyOption.ATOMIC_MOVE);
  }

  /** When it was judged last. */
  Instant judged() {
    try {
      return Files.getLastModifiedTime(folder.resolve(VERDICT)).toInstant();
    } catch (IOException e) {
      return Instant.EPOCH;
    }
  }

  /** Whether a file in a release is ours and not the application's. */
  static boolean isOurs(Path file) {
    return file.endsWith(FILE) || file.endsWith(VERDICT);
  }

  private static Release.Verdict verdict(Path file) {
    try {
      return Release.Verdict.valueOf(Files.readString(file));
    } catch (IOException | IllegalArgumentException e) {
      return Release.Verdict.NEW;
    }
  }
}
