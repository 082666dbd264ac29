package dev.graceful.release;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One copied file.
 *
 * @param before how the source looked before it was read
 * @param sum as {@link ContentSum}
 * @param inFolder came with a folder of the Class-Path, not by its own name
 */
record FileCopy(Path source, Path copy, Stamp before, long sum, long size, boolean inFolder) {

  /** What changes when a file is written to or replaced. */
  record Stamp(@Nullable Object inode, @Nullable Object device, long size, @Nullable Object ctime) {
    static Stamp of(Path file) throws IOException {
      Map<String, Object> now = Files.readAttributes(file, "unix:ino,dev,size,ctime");
      Object size = now.get("size");
      return new Stamp(
          now.get("ino"), now.get("dev"), size instanceof Long s ? s : -1, now.get("ctime"));
    }
  }

  /** Copies the bytes as they are now; a link is followed. */
  static FileCopy take(Path source, Path copy, boolean inFolder) throws IOException {
    Stamp before = Stamp.of(source);
    FileTime modified = Files.getLastModifiedTime(source);
    ContentSum sum = new ContentSum();
    long size = 0;
    try (FileChannel in = FileChannel.open(source);
        FileChannel out =
            FileChannel.open(copy, StandardOpenOption.WRITE, StandardOpenOption.CREATE_NEW)) {
      ByteBuffer buffer = ByteBuffer.allocateDirect(128 * 1024);
      while (in.read(buffer) >= 0) {
        buffer.flip();
        sum.update(buffer);
        while (buffer.hasRemaining()) {
          size += out.write(buffer);
        }
        buffer.clear();
      }
    }
    Files.setLastModifiedTime(copy, modified);
    return new FileCopy(source, copy, before, sum.value(), size, inFolder);
  }

  /** Whether the source is another file, or was written to, since it was copied. */
  boolean sourceChanged() throws IOException {
    try {
      return size != before.size() || !before.equals(Stamp.of(source));
    } catch (NoSuchFileException e) {
      return true;
    }
  }

  /** Whether that file has the very same bytes. */
  boolean equalTo(Path place) throws IOException {
    return Files.isRegularFile(place) && Files.mismatch(copy, place) < 0;
  }

  /** Moves the copy to its place in the release, read-only and safe on the disk. */
  void install(Path place) throws IOException {
    Files.createDirectories(ClassPathEntry.folderOf(place));
    Files.move(copy, place);
    Files.setPosixFilePermissions(place, PosixFilePermissions.fromString("r--r--r--"));
    sync(place);
  }

  /** fsync(2) of a file or a folder. */
  static void sync(Path path) throws IOException {
    try (FileChannel channel = FileChannel.open(path)) {
      channel.force(true);
    }
  }
}
