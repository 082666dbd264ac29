package dev.graceful.release;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/**
 * The releases of one instance: {@code DIRECTORY/ID/...}, each complete from the moment it is
 * there, and never changed. The caller sees to it that one process uses the folder at a time.
 * Thread-safe; {@link #add} takes as long as copying the jar takes.
 */
public final class ReleaseStore {
  private static final String UNFINISHED = ".unfinished-";
  private static final int ATTEMPTS = 6;
  private static final long PAUSE_MILLIS = 150;

  /** A broken jar that was written to just now may be a jar that is still being written. */
  private static final Duration FRESH = Duration.ofSeconds(2);

  private final Path directory;

  public ReleaseStore(Path directory) {
    this.directory = directory.toAbsolutePath().normalize();
  }

  /**
   * Whether that jar, as it is now, looks like one that can run, without copying it.
   *
   * @throws ReleaseException if not; one line that says why and what to do
   */
  public static void check(Path jar) throws ReleaseException {
    Path source = jar.toAbsolutePath().normalize();
    ApplicationJar.requireFile(source);
    try {
      ApplicationJar.mainClass(ApplicationJar.manifest(source, source), source);
    } catch (IOException e) {
      throw new ReleaseException("cannot read " + source + ": " + reason(e), e);
    }
  }

  /**
   * Copies the jar as it is now, with what its Class-Path names, unless that content is here
   * already. A jar that changes meanwhile is copied again, a few times. Leaves nothing behind when
   * it fails.
   *
   * @throws ReleaseException one line that says what, why and what to do
   */
  public synchronized Release add(Path jar) throws ReleaseException {
    Path source = jar.toAbsolutePath().normalize();
    for (int attempt = 1; attempt <= ATTEMPTS; attempt++) {
      ApplicationJar.requireFile(source);
      boolean last = attempt == ATTEMPTS;
      try {
        Optional<Release> release = attempt(source, last);
        if (release.isPresent()) {
          return release.get();
        }
      } catch (ReleaseException e) {
        if (last || !fresh(source)) {
          throw e;
        }
      } catch (IOException e) {
        if (last || !(e instanceof NoSuchFileException)) {
          throw new ReleaseException(
              "cannot copy "
                  + source
                  + " into "
                  + directory
                  + ": "
                  + reason(e)
                  + "; mend that and try again",
              e);
        }
      }
      pause(source);
    }
    throw new ReleaseException(
        source + " keeps changing while it is copied; try again when it is complete");
  }

  /** Removes all but the {@code keep} that were added last, and those in use. */
  public synchronized void prune(Set<String> inUse, int keep) {
    List<Release> releases = list();
    for (Release release : releases.subList(Math.min(keep, releases.size()), releases.size())) {
      if (!inUse.contains(release.id())) {
        Path old = directory.resolve(release.id());
        Path aside = directory.resolve(UNFINISHED + release.id());
        try {
          Files.move(old, aside, StandardCopyOption.ATOMIC_MOVE);
          Folders.delete(aside);
        } catch (IOException e) {
          // it stays, or its rest does; the next time removes it
        }
      }
    }
  }

  /** All releases, the one that was added last first. */
  public List<Release> list() {
    return records().stream().map(ReleaseRecord::release).toList();
  }

  /**
   * Those that have served and were not rolled back, the one that began to serve last at the end.
   */
  public List<Release> good() {
    return records().stream()
        .filter(record -> record.release().verdict() == Release.Verdict.GOOD)
        .sorted(Comparator.comparing(ReleaseRecord::judged))
        .map(ReleaseRecord::release)
        .toList();
  }

  /** The release with that id, if it is here. */
  public Optional<Release> find(String id) {
    return ReleaseRecord.read(directory.resolve(id)).map(ReleaseRecord::release);
  }

  /** Writes down what became of a release, for later runs and for operators. */
  public void judge(String id, Release.Verdict verdict) {
    try {
      Optional<ReleaseRecord> record = ReleaseRecord.read(directory.resolve(id));
      if (record.isPresent()) {
        record.get().judge(verdict);
      }
    } catch (IOException e) {
      // a full disk: the running supervisor knows it all the same
    }
  }

  /** Nobody who copies at the same time is waited for: each release is whole when it is there. */
  private List<ReleaseRecord> records() {
    List<ReleaseRecord> records = new ArrayList<>();
    try (DirectoryStream<Path> entries = Files.newDirectoryStream(directory)) {
      for (Path entry : entries) {
        ReleaseRecord.read(entry).ifPresent(records::add);
      }
    } catch (IOException | java.nio.file.DirectoryIteratorException e) {
      return List.of(); // nothing was added yet
    }
    records.sort(ReleaseRecord.LAST_ADDED_FIRST);
    return records;
  }

  private Optional<Release> attempt(Path source, boolean last)
      throws IOException, ReleaseException {
    Folders.make(directory);
    removeUnfinished();
    Path staging = Files.createTempDirectory(directory, UNFINISHED);
    try {
      Path parts = Files.createDirectory(staging.resolve("parts"));
      ApplicationCopy copy = ApplicationCopy.take(source, parts, directory);
      return copy.sourcesChanged(!last)
          ? Optional.empty()
          : Optional.of(install(copy, source, staging.resolve("release")));
    } finally {
      Folders.delete(staging);
    }
  }

  private Release install(ApplicationCopy copy, Path source, Path staged) throws IOException {
    Instant now = laterThanAll(Instant.now());
    String id = "";
    Path home = directory;
    for (int further = 0; further == 0 || Files.exists(home); further++) {
      id = ContentSum.name(copy.sum(), further);
      home = directory.resolve(id);
      Optional<ReleaseRecord> there = ReleaseRecord.read(home);
      if (there.isEmpty()) {
        Folders.delete(home); // something without a record is not a release
      } else if (copy.equalTo(home)) {
        return there.get().addedAgain(now);
      }
    }
    Files.createDirectory(staged);
    copy.install(staged);
    Release release =
        new Release(
            id,
            home.resolve(copy.jarPlace()),
            source,
            copy.size(),
            Instant.now(),
            now,
            Release.Verdict.NEW);
    ReleaseRecord.write(release, staged, copy.jarPlace());
    Folders.openAndSync(staged);
    Files.move(staged, home, StandardCopyOption.ATOMIC_MOVE);
    FileCopy.sync(directory);
    return release;
  }

  /** Releases are ordered by when they were last added, so no two may have the same time. */
  private Instant laterThanAll(Instant now) {
    List<Release> releases = list();
    if (releases.isEmpty()) {
      return now;
    }
    Instant newest = releases.get(0).added();
    return newest.isBefore(now) ? now : newest.plusMillis(1);
  }

  private void removeUnfinished() throws IOException {
    try (DirectoryStream<Path> entries = Files.newDirectoryStream(directory, UNFINISHED + "*")) {
      for (Path entry : entries) {
        Folders.delete(entry);
      }
    }
  }

  private static boolean fresh(Path source) {
    try {
      Instant modified = Files.getLastModifiedTime(source).toInstant();
      return Duration.between(modified, Instant.now()).abs().compareTo(FRESH) < 0;
    } catch (IOException e) {
      return false;
    }
  }

  private static void pause(Path source) throws ReleaseException {
    try {
      TimeUnit.MILLISECONDS.sleep(PAUSE_MILLIS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new ReleaseException("copying " + source + " was interrupted; try again", e);
    }
  }

  private static String reason(IOException e) {
    if (e instanceof AccessDeniedException denied) {
      return "permission denied on " + denied.getFile();
    }
    if (e instanceof NoSuchFileException missing) {
      return "no such file: " + missing.getFile();
    }
    if (e instanceof FileSystemException system && system.getReason() != null) {
      return system.getReason();
    }
    return String.valueOf(e.getMessage());
  }
}
