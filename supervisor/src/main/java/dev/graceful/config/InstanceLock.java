package dev.graceful.config;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** The lock file of an instance; it is never deleted, since that would let two hold it. */
final class InstanceLock implements Closeable {
  /**
   * Somebody who only asks whether it is held holds it for a moment, in shared mode; so a refusal
   * counts only when it lasts.
   */
  private static final int TRIES = 10;

  private static final long PAUSE_MILLIS = 30;

  /**
   * What this process holds. A process that closes any descriptor of a file loses its record locks
   * on it (fcntl(2)), so a file that we hold must not be opened again, not even to look.
   */
  private static final Set<Path> HELD = ConcurrentHashMap.newKeySet();

  private final Path file;
  private final @Nullable FileChannel channel;

  private InstanceLock(Path file, @Nullable FileChannel channel) {
    this.file = file;
    this.channel = channel;
  }

  /**
   * The lock, or null if somebody holds it.
   *
   * @param inherited whether this process holds it from before it became this program: then the
   *     file is not touched, and the descriptor stays open until the process ends
   */
  static @Nullable InstanceLock take(Path file, Predicate<Path> inherited) throws IOException {
    Path key = file.toAbsolutePath().normalize();
    if (!HELD.add(key)) {
      return null;
    }
    if (inherited.test(key)) {
      writePid(file.resolveSibling("pid"));
      return new InstanceLock(key, null);
    }
    FileChannel channel = null;
    boolean taken = false;
    try {
      channel =
          FileChannel.open(
              file,
              Set.of(
                  StandardOpenOption.READ,
                  StandardOpenOption.WRITE,
                  StandardOpenOption.CREATE,
                  LinkOption.NOFOLLOW_LINKS),
              PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
      if (!lockPatiently(channel)) {
        return null;
      }
      writePid(file.resolveSibling("pid"));
      taken = true;
      return new InstanceLock(key, channel);
    } finally {
      if (!taken) {
        HELD.remove(key);
        if (channel != null) {
          channel.close();
        }
      }
    }
  }

  /** Whether a process, this one included, holds the lock. */
  static boolean isHeld(Path file) throws IOException {
    if (HELD.contains(file.toAbsolutePath().normalize())) {
      return true;
    }
    try (FileChannel channel =
            FileChannel.open(file, StandardOpenOption.READ, LinkOption.NOFOLLOW_LINKS);
        FileLock lock = channel.tryLock(0, Long.MAX_VALUE, true)) {
      return lock == null;
    } catch (OverlappingFileLockException e) {
      return true;
    } catch (NoSuchFileException e) {
      return false;
    } catch (FileSystemException e) {
      return false; // somebody else's, not a folder, or a link: nothing that this user could steer
    }
  }

  @Override
  public void close() {
    try {
      Files.deleteIfExists(file.resolveSibling("pid"));
    } catch (IOException e) {
      // stale: the next holder writes it anew
    }
    try {
      if (channel != null) {
        channel.close();
      }
    } catch (IOException e) {
      // the descriptor is gone either way, and the lock with it
    } finally {
      HELD.remove(file);
    }
  }

  private static boolean lockPatiently(FileChannel channel) throws IOException {
    for (int attempt = 0; attempt < TRIES; attempt++) {
      if (channel.tryLock() != null) {
        return true;
      }
      try {
        TimeUnit.MILLISECONDS.sleep(PAUSE_MILLIS);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return false;
      }
    }
    return false;
  }

  /** In a file of its own, so that whoever wants to read it need not open the lock. */
  private static void writePid(Path file) {
    try {
      Files.deleteIfExists(file);
      write(file);
    } catch (IOException e) {
      // a full disk, say: only a nicety of a message depends on it
    }
  }

  private static void write(Path file) throws IOException {
    try (FileChannel out =
        FileChannel.open(
            file,
            Set.of(StandardOpenOption.WRITE, StandardOpenOption.CREATE_NEW),
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")))) {
      byte[] text = (ProcessHandle.current().pid() + "\n").getBytes(StandardCharsets.US_ASCII);
      ByteBuffer bytes = ByteBuffer.wrap(text);
      while (bytes.hasRemaining()) {
        out.write(bytes);
      }
    }
  }
}
