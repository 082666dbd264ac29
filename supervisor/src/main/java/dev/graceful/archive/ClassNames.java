package dev.graceful.archive;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Enumeration;
import java.util.List;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import java.util.stream.LongStream;

/**
 * The names of the classes in an archive, as sorted hashes in a file. A JVM takes a class that it
 * has in its archive from there, even if a jar that comes earlier in the class path has another
 * class of that name: such an application must do without the archive.
 */
final class ClassNames {
  private static final String CLASS = ".class";

  private ClassNames() {}

  /** The internal names of the classes in a jar, as its entries have them. */
  static List<String> in(Path path) throws IOException {
    List<String> names = new ArrayList<>();
    try (JarFile jar = new JarFile(path.toFile(), false)) {
      for (Enumeration<JarEntry> all = jar.entries(); all.hasMoreElements(); ) {
        String name = all.nextElement().getName();
        if (name.endsWith(CLASS)) {
          names.add(name.substring(0, name.length() - CLASS.length()));
        }
      }
    }
    return names;
  }

  static void write(Path file, LongStream hashes) throws IOException {
    long[] sorted = hashes.sorted().distinct().toArray();
    ByteBuffer bytes = ByteBuffer.allocate(8 * sorted.length);
    bytes.asLongBuffer().put(sorted);
    Files.write(file, bytes.array());
  }

  /** FNV-1a over the internal name. Two names with one hash cost an archive, nothing else. */
  static long hash(String name) {
    long hash = 0xcbf29ce484222325L;
    for (int i = 0; i < name.length(); i++) {
      hash = (hash ^ name.charAt(i)) * 0x100000001b3L;
    }
    return hash;
  }

  /** Whether one of these jars has a class of one of the names in that file. */
  static boolean shadowed(Path file, List<Path> jars) throws IOException {
    byte[] bytes = Files.readAllBytes(file);
    long[] hashes = new long[bytes.length / 8];
    ByteBuffer.wrap(bytes).asLongBuffer().get(hashes);
    for (Path path : jars) {
      for (String name : in(path)) {
        if (Arrays.binarySearch(hashes, hash(name)) >= 0) {
          return true;
        }
      }
    }
    return false;
  }
}
