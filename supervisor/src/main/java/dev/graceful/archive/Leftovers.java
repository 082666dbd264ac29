package dev.graceful.archive;

import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Removes what no release needs any more. A JVM that has one of these files open or mapped keeps
 * it; what cannot be removed stays until the next time.
 */
record Leftovers(Path directory, int mostArchives) {

  /**
   * Removes the rest.
   *
   * @param releases those that are kept
   * @param kept files of the agent
   * @param archives those of known releases; some of the latest others are kept as well
   */
  void remove(Set<String> releases, Set<Path> kept, Set<Path> archives) {
    try {
      for (Path release : entries(directory.resolve("unpacked"), "*")) {
        if (!releases.contains(String.valueOf(release.getFileName()))) {
          delete(release);
        }
      }
      Set<String> libraries = new HashSet<>();
      for (Path release : entries(directory.resolve("unpacked"), "*")) {
        libraries.addAll(Files.readAllLines(release.resolve(Unpacked.LIBRARIES)));
      }
      for (Path library : entries(directory.resolve("lib"), "*")) {
        if (!libraries.contains(String.valueOf(library.getFileName()))) {
          delete(library);
        }
      }
      Set<String> ours = new HashSet<>();
      kept.forEach(path -> ours.add(withoutSuffix(path)));
      for (Path agent :
          entries(directory, "agent-*{" + FastStarts.KEPT + "," + FastStarts.CLASSES + "}")) {
        if (!ours.contains(withoutSuffix(agent))) {
          delete(agent);
        }
      }
      List<Path> others = new ArrayList<>(entries(directory, "*.jsa"));
      others.removeAll(archives);
      others.sort(Comparator.comparing(Leftovers::modified).reversed());
      for (int i = Math.max(0, mostArchives - archives.size()); i < others.size(); i++) {
        new Archive(others.get(i)).delete();
      }
    } catch (IOException e) {
      // the next time
    }
  }

  /** Removes what was being written when a supervisor died. */
  static void ofAnEarlierProcess(Path directory) throws IOException {
    for (Path file :
        entries(
            directory,
            "{g*.list,.list,.both,.made,.names,.sum,agent-*.kept.*,agent-*.classes.*}")) {
      delete(file);
    }
    for (Path folder : entries(directory.resolve("lib"), ".unfinished-*")) {
      delete(folder);
    }
  }

  private static String withoutSuffix(Path file) {
    String name = String.valueOf(file.getFileName());
    return name.substring(0, name.lastIndexOf('.'));
  }

  private static FileTime modified(Path file) {
    try {
      return Files.getLastModifiedTime(file);
    } catch (IOException e) {
      return FileTime.fromMillis(0);
    }
  }

  private static List<Path> entries(Path folder, String glob) throws IOException {
    List<Path> entries = new ArrayList<>();
    if (Files.isDirectory(folder)) {
      try (DirectoryStream<Path> all = Files.newDirectoryStream(folder, glob)) {
        all.forEach(entries::add);
      } catch (DirectoryIteratorException e) {
        throw e.getCause();
      }
    }
    return entries;
  }

  /** A file, or a folder of files. */
  private static void delete(Path path) throws IOException {
    if (Files.isDirectory(path)) {
      for (Path file : entries(path, "*")) {
        Files.deleteIfExists(file);
      }
    }
    Files.deleteIfExists(path);
  }
}
