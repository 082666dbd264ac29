package dev.graceful.release;

import java.io.IOException;
import java.nio.file.FileVisitOption;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.jar.Manifest;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A jar and what its Class-Path names, transitively, copied aside once. Manifests are read from the
 * copies, so that what is checked is what will run.
 */
final class ApplicationCopy {
  private static final int MOST_FILES = 20_000;
  private static final long MOST_BYTES = 4L << 30;

  private final Path jar;
  private final Path parts;
  private final Path store;
  private final Map<Path, FileCopy> files = new LinkedHashMap<>();
  private final List<Path> classPathJars = new ArrayList<>();
  private final List<Path> classPathFolders = new ArrayList<>();
  private Path top;
  private long bytes;

  private ApplicationCopy(Path jar, Path parts, Path store) {
    this.jar = jar;
    this.parts = parts;
    this.store = store;
    this.top = ClassPathEntry.folderOf(jar);
  }

  /**
   * Copies into {@code parts}, a folder that is there and empty.
   *
   * @param store where releases live; never copied, even if a folder of the Class-Path contains it
   * @throws ReleaseException if it is not an application that java -jar could run
   */
  static ApplicationCopy take(Path jar, Path parts, Path store)
      throws IOException, ReleaseException {
    ApplicationCopy copy = new ApplicationCopy(jar, parts, store);
    Manifest manifest = ApplicationJar.manifest(copy.copy(jar, false).copy(), jar);
    String mainClass = ApplicationJar.mainClass(manifest, jar);
    copy.followClassPath(manifest);
    copy.requireClass(mainClass);
    return copy;
  }

  /**
   * Whether a source changed while it was copied, so that the copy may mix two versions.
   *
   * @param folders whether files in folders of the Class-Path count, which may be written to all
   *     the time (a log beside the jar)
   */
  boolean sourcesChanged(boolean folders) throws IOException {
    for (FileCopy file : files.values()) {
      if ((folders || !file.inFolder()) && file.sourceChanged()) {
        return true;
      }
    }
    return false;
  }

  /** Of one file its sum; of several the sum over their places and theirs, sorted. */
  long sum() {
    if (files.size() == 1) {
      return files.values().iterator().next().sum();
    }
    Map<String, Long> sorted = new TreeMap<>();
    files.forEach((source, file) -> sorted.put(place(source).toString(), file.sum()));
    ContentSum sum = new ContentSum();
    sorted.forEach((place, content) -> sum.update(content + " " + place + "\0"));
    return sum.value();
  }

  /** Whether a release has these very files, and no others. */
  boolean equalTo(Path release) throws IOException {
    for (FileCopy file : files.values()) {
      if (!file.equalTo(release.resolve(place(file.source())))) {
        return false;
      }
    }
    try (Stream<Path> all = Files.walk(release)) {
      return all.filter(Files::isRegularFile).filter(file -> !ReleaseRecord.isOurs(file)).count()
          == files.size();
    }
  }

  private Path place(Path source) {
    return top.relativize(source);
  }

  /** In bytes. */
  long size() {
    return bytes;
  }

  /** Where the jar is inside a release. */
  Path jarPlace() {
    return place(jar);
  }

  /** Moves the copies into their places under that folder. */
  void install(Path release) throws IOException {
    for (FileCopy file : files.values()) {
      file.install(release.resolve(place(file.source())));
    }
  }

  private void followClassPath(Manifest first) throws IOException, ReleaseException {
    Deque<ClassPathEntry> open = new ArrayDeque<>(ClassPathEntry.of(first, jar));
    while (!open.isEmpty()) {
      ClassPathEntry entry = open.removeFirst();
      Path path = entry.path();
      if (!entry.relative()) {
        (entry.folder() ? classPathFolders : classPathJars).add(path);
      } else if (entry.folder() && Files.isDirectory(path)) {
        widen(entry);
        classPathFolders.add(path);
        copyFolder(path);
      } else if (!entry.folder() && Files.isRegularFile(path) && !files.containsKey(path)) {
        widen(entry);
        FileCopy copy = copy(path, false);
        classPathJars.add(copy.copy());
        Manifest manifest = readable(copy);
        if (manifest != null) {
          open.addAll(ClassPathEntry.of(manifest, path));
        }
      }
    }
  }

  /** The release must begin at a folder that every entry's way stays inside. */
  private void widen(ClassPathEntry entry) {
    while (!entry.highest().startsWith(top) || !entry.path().startsWith(top)) {
      top = ClassPathEntry.folderOf(top);
    }
  }

  private void copyFolder(Path folder) throws IOException, ReleaseException {
    List<Path> found = new ArrayList<>();
    Files.walkFileTree(
        folder,
        EnumSet.of(FileVisitOption.FOLLOW_LINKS),
        Integer.MAX_VALUE,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult preVisitDirectory(Path dir, BasicFileAttributes attributes) {
            return dir.equals(store) ? FileVisitResult.SKIP_SUBTREE : FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
            if (attributes.isRegularFile()
                && Files.isReadable(file)
                && !ReleaseRecord.isOurs(file)) {
              found.add(file);
            }
            return found.size() > MOST_FILES ? FileVisitResult.TERMINATE : FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult visitFileFailed(Path file, IOException e) {
            return FileVisitResult.CONTINUE; // a loop of links, or gone, or not ours to read
          }
        });
    for (Path file : found) {
      if (!files.containsKey(file)) {
        try {
          copy(file, true);
        } catch (NoSuchFileException e) {
          // gone since it was seen
        }
      }
    }
  }

  private FileCopy copy(Path source, boolean inFolder) throws IOException, ReleaseException {
    FileCopy file = FileCopy.take(source, parts.resolve(Integer.toString(files.size())), inFolder);
    files.put(source, file);
    bytes += file.size();
    if (files.size() > MOST_FILES || (bytes > MOST_BYTES && files.size() > 1)) {
      throw new ReleaseException(
          "the Class-Path of "
              + jar
              + " names too much to copy (more than 20000 files or 4 GiB, at "
              + source
              + "); name a smaller folder in the manifest");
    }
    return file;
  }

  private void requireClass(String mainClass) throws ReleaseException {
    List<Path> jars = new ArrayList<>();
    FileCopy own = files.get(jar);
    if (own != null) {
      jars.add(own.copy());
    }
    jars.addAll(classPathJars);
    ApplicationJar.requireClass(mainClass, jars, classPathFolders, jar);
  }

  private static @Nullable Manifest readable(FileCopy copy) throws IOException {
    try {
      return ApplicationJar.manifest(copy.copy(), copy.source());
    } catch (ReleaseException e) {
      return null; // the class loader passes over what is no jar
    }
  }
}
