package dev.graceful.archive;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.zip.CRC32;

/**
 * One finished archive: the file, the names of its classes, and a sum. A JVM believes what it maps,
 * so an archive that is not what was written is not given to it.
 */
record Archive(Path file) {
  /** Files whose content was compared with its sum by this process, as they looked then. */
  private static final Map<Path, String> VERIFIED = new ConcurrentHashMap<>();

  Path names() {
    return file.resolveSibling(file.getFileName() + ".names");
  }

  private Path sum() {
    return file.resolveSibling(file.getFileName() + ".sum");
  }

  boolean there() {
    return Files.isRegularFile(sum()) && Files.isRegularFile(file) && Files.isRegularFile(names());
  }

  /** Whether it is as it was made. Takes as long as reading it, the first time. */
  boolean intact() {
    try {
      String stamp = JavaRuntime.stamp(file);
      if (stamp.equals(VERIFIED.get(file))) {
        return true;
      }
      String expected = Files.readString(sum(), StandardCharsets.US_ASCII);
      if (!expected.equals(sumOf(file) + sumOf(names()))) {
        return false;
      }
      VERIFIED.put(file, stamp);
      return true;
    } catch (IOException e) {
      return false;
    }
  }

  /** Makes what was written aside the archive. */
  void publish(Path made, Path madeNames) throws IOException {
    Files.deleteIfExists(sum());
    String sum = sumOf(made) + sumOf(madeNames);
    Files.move(madeNames, names(), StandardCopyOption.ATOMIC_MOVE);
    Files.move(made, file, StandardCopyOption.ATOMIC_MOVE);
    VERIFIED.put(file, JavaRuntime.stamp(file));
    Path aside = file.resolveSibling(".sum");
    Files.writeString(aside, sum, StandardCharsets.US_ASCII);
    Files.move(aside, sum(), StandardCopyOption.ATOMIC_MOVE);
  }

  void delete() throws IOException {
    VERIFIED.remove(file);
    Files.deleteIfExists(sum());
    Files.deleteIfExists(names());
    Files.deleteIfExists(file);
  }

  private static String sumOf(Path file) throws IOException {
    CRC32 crc = new CRC32();
    byte[] buffer = new byte[256 * 1024];
    long size = 0;
    try (InputStream in = Files.newInputStream(file)) {
      for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
        crc.update(buffer, 0, n);
        size += n;
      }
    }
    return size + " " + crc.getValue() + "\n";
  }
}
