package dev.graceful.archive;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Arrays;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;

/**
 * Libraries that several releases share: {@code DIRECTORY/CRC-SIZE-N/NAME.jar}. A path names one
 * content for ever; that the content is the same is seen by comparing all of it.
 */
final class Libraries {
  private static final int CHUNK = 128 * 1024;

  private final Path directory;
  private final byte[] one = new byte[CHUNK];
  private final byte[] other = new byte[CHUNK];

  Libraries(Path directory) {
    this.directory = directory;
  }

  /** The place of that library's content; it is put there if it is not there yet. */
  Path place(JarFile jar, JarEntry entry, Path name) throws IOException {
    for (int attempt = 0; ; attempt++) {
      Path folder =
          directory.resolve(String.format("%08x-%d-%d", entry.getCrc(), entry.getSize(), attempt));
      Path file = folder.resolve(name);
      if (!Files.exists(folder)) {
        extract(jar, entry, folder, name);
        return file;
      }
      if (same(jar, entry, file)) {
        return file;
      }
    }
  }

  private void extract(JarFile jar, JarEntry entry, Path folder, Path name) throws IOException {
    Files.createDirectories(directory);
    Path aside = Files.createTempDirectory(directory, ".unfinished-");
    Path file = aside.resolve(name);
    try (InputStream in = jar.getInputStream(entry);
        FileChannel out =
            FileChannel.open(file, StandardOpenOption.WRITE, StandardOpenOption.CREATE_NEW)) {
      for (int n = in.read(one); n >= 0; n = in.read(one)) {
        ByteBuffer bytes = ByteBuffer.wrap(one, 0, n);
        while (bytes.hasRemaining()) {
          out.write(bytes);
        }
      }
      out.force(true);
    }
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("r--r--r--"));
    Files.setPosixFilePermissions(aside, PosixFilePermissions.fromString("rwxr-xr-x"));
    Files.move(aside, folder, StandardCopyOption.ATOMIC_MOVE);
  }

  private boolean same(JarFile jar, JarEntry entry, Path file) throws IOException {
    if (!Files.isRegularFile(file) || Files.size(file) != entry.getSize()) {
      return false;
    }
    try (InputStream fresh = new BufferedInputStream(jar.getInputStream(entry), CHUNK);
        InputStream stored = Files.newInputStream(file)) {
      while (true) {
        int n = fresh.readNBytes(one, 0, CHUNK);
        int m = stored.readNBytes(other, 0, CHUNK);
        if (n != m || Arrays.mismatch(one, 0, n, other, 0, m) >= 0) {
          return false;
        }
        if (n < CHUNK) {
          return true;
        }
      }
    }
  }
}
