package dev.graceful.archive;

import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * The list of classes that a JVM wrote while a worker ran (-XX:DumpLoadedClassList), without those
 * that belong to the application's own version or to us.
 */
final class ClassList {
  private static final String OURS = "dev/graceful/agent/";

  private ClassList() {}

  /**
   * Copies what is common to all versions.
   *
   * @param application jars whose classes are left out
   * @return the hashes of the names that are in it
   */
  static long[] filter(Path from, Path to, List<Path> application) throws IOException {
    Set<String> own = new HashSet<>();
    for (Path path : application) {
      own.addAll(ClassNames.in(path));
    }
    List<Long> hashes = new ArrayList<>();
    try (BufferedReader in = Files.newBufferedReader(from, StandardCharsets.UTF_8);
        BufferedWriter out = Files.newBufferedWriter(to, StandardCharsets.UTF_8)) {
      for (String line = in.readLine(); line != null; line = in.readLine()) {
        if (!line.startsWith("#") && common(line, own)) {
          out.write(line);
          out.write('\n');
          if (!line.startsWith("@")) {
            int end = line.indexOf(' ');
            hashes.add(ClassNames.hash(end < 0 ? line : line.substring(0, end)));
          }
        }
      }
    }
    return hashes.stream().mapToLong(Long::longValue).toArray();
  }

  /** Lines are a class, with its loader's source or without, or what one of its lambdas needs. */
  private static boolean common(String line, Set<String> own) {
    if (line.contains(OURS) || line.contains("source:")) {
      return false;
    }
    int begin = 0;
    for (int i = 0; i <= line.length(); i++) {
      boolean inName =
          i < line.length()
              && (Character.isJavaIdentifierPart(line.charAt(i))
                  || line.charAt(i) == '/'
                  || line.charAt(i) == '-');
      if (!inName) {
        if (i > begin && names(line.substring(begin, i), own)) {
          return false;
        }
        begin = i + 1;
      }
    }
    return true;
  }

  /** A name as it is, or as descriptors have it. */
  private static boolean names(String word, Set<String> own) {
    return own.contains(word) || (word.startsWith("L") && own.contains(word.substring(1)));
  }
}
