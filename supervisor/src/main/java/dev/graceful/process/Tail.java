package dev.graceful.process;

import dev.graceful.posix.Descriptors;
import dev.graceful.wire.Errno;
import dev.graceful.wire.ErrnoException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;

/**
 * One file that a worker prints into: read into {@link LastLines} and copied to a descriptor of
 * this process, with the disk that it takes bounded. For one thread at a time.
 *
 * <p>Reading never waits for copying: if nobody takes what is copied, the worker prints on and the
 * oldest bytes that wait are given up.
 */
final class Tail {
  /** What may wait to be copied, in bytes; also what the file may take on the disk, about. */
  static final long MOST_WAITING = 16 << 20;

  /** Bytes after which a hole is punched; a multiple of any block size. */
  private static final long HOLE = 1 << 20;

  /** PIPE_BUF: a write of so much to a pipe that is writable does not wait. */
  private static final int PIECE = 4096;

  private final Path path;
  private final int reader;
  private final int target;
  private final LastLines.Stream lines;
  private final byte[] buffer = new byte[16 * 1024];
  private int writer;
  private long seen;
  private long copied;
  private long punched;
  private long lost;
  private boolean targetGone;

  /** Creates the file; one that an earlier supervisor left is removed. */
  Tail(Path path, int target, LastLines.Stream lines) throws IOException {
    this.path = path;
    this.target = target;
    this.lines = lines;
    Files.deleteIfExists(path);
    this.writer = Descriptors.createForAppending(path);
    try {
      this.reader = Descriptors.openForReading(path);
    } catch (IOException e) {
      closeWriter();
      remove();
      throw e;
    }
  }

  private Tail(Path path, int target, LastLines.Stream lines, int reader) {
    this.path = path;
    this.target = target;
    this.lines = lines;
    this.reader = reader;
    this.writer = -1;
    // what an earlier supervisor gave back to the disk reads as zeros
    long first = Descriptors.firstData(reader);
    seen = first;
    copied = first;
    punched = first;
  }

  /**
   * The file that a worker of an earlier supervisor prints into, from its beginning: how much of it
   * was copied already is not known. As an empty one where it is gone.
   */
  static Tail existing(Path path, int target, LastLines.Stream lines) throws IOException {
    boolean there = Files.isRegularFile(path, LinkOption.NOFOLLOW_LINKS);
    Path readable = there ? path : Path.of("/dev/null");
    return new Tail(path, target, lines, Descriptors.openForReading(readable));
  }

  /** Whether the worker has not been given the streams: the file has its name still. */
  boolean isThere() {
    return Files.exists(path, LinkOption.NOFOLLOW_LINKS);
  }

  /** The descriptor to put under one of the worker's; this object owns it. */
  int writer() {
    return writer;
  }

  /**
   * Reads what is new and copies what can be copied without waiting.
   *
   * @return whether there was anything to do
   */
  boolean step() throws ErrnoException {
    int length = Descriptors.pread(reader, buffer, buffer.length, seen);
    lines.add(buffer, length);
    long before = copied;
    seen += length;
    copy();
    giveUp();
    punch();
    return length > 0 || copied > before;
  }

  /** Whether all that was read is copied. */
  boolean isCopied() {
    return copied == seen;
  }

  /** Waits until more can be copied, for {@code millis} at most. */
  void awaitTarget(int millis) {
    try {
      Descriptors.writable(target, millis);
    } catch (ErrnoException e) {
      // the next step learns it too
    }
  }

  private void copy() throws ErrnoException {
    if (targetGone) {
      copied = seen;
    }
    while (copied < seen) {
      if (lost > 0 && !tellLost()) {
        return;
      }
      int length = Descriptors.pread(reader, buffer, (int) Math.min(PIECE, seen - copied), copied);
      int taken = send(buffer, length);
      if (taken == 0) {
        return;
      }
      copied += taken;
    }
  }

  private boolean tellLost() {
    String note = "\n[graceful: " + lost + " bytes that a worker printed were not taken in time]\n";
    byte[] bytes = note.getBytes(StandardCharsets.US_ASCII);
    if (send(bytes, bytes.length) == 0) {
      return false;
    }
    lost = 0;
    return true;
  }

  /** How many bytes are done with; 0 if none can be taken now. */
  private int send(byte[] bytes, int length) {
    try {
      return Descriptors.writable(target, 0) ? Descriptors.write(target, bytes, 0, length) : 0;
    } catch (ErrnoException e) {
      // this piece is lost (say, a full disk), or all that follow: the worker must not care
      targetGone = e.errno() == Errno.EPIPE || e.errno() == Errno.EBADF;
      return length;
    }
  }

  private void giveUp() {
    if (seen - copied > MOST_WAITING) {
      long tooMuch = seen - copied - MOST_WAITING / 2;
      copied += tooMuch;
      lost += tooMuch;
    }
  }

  private void punch() {
    long length = (copied - punched) / HOLE * HOLE;
    if (length > 0) {
      try {
        Descriptors.punchHole(reader, punched, length);
      } catch (ErrnoException e) {
        // a file system that cannot: the disk is given back when the file is closed
      }
      punched += length;
    }
  }

  /** Removes the file's name; who has it open still can print into it. */
  void remove() {
    try {
      Files.deleteIfExists(path);
    } catch (IOException e) {
      // the run directory is gone or read-only: there is nothing to do about a leftover
    }
  }

  /** Whether anybody can still print into the file; the own descriptor for that counts too. */
  boolean hasWriters() {
    return Descriptors.hasWriters(reader);
  }

  /** Gives up the own descriptor for printing: the worker has it now, or never will. */
  void closeWriter() {
    if (writer >= 0) {
      Descriptors.close(writer);
      writer = -1;
    }
  }

  void close() {
    closeWriter();
    Descriptors.close(reader);
  }
}
