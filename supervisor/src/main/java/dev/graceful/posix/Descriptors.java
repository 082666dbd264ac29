package dev.graceful.posix;

import static dev.graceful.posix.CLibrary.C;
import static dev.graceful.posix.CLibrary.LIBRARY;
import static dev.graceful.posix.CLibrary.RUNTIME;
import static dev.graceful.posix.CLibrary.check;
import static dev.graceful.posix.CLibrary.errno;

import dev.graceful.wire.Errno;
import dev.graceful.wire.ErrnoException;
import dev.graceful.wire.LibC;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import jnr.ffi.Memory;
import jnr.ffi.Pointer;

/** Calls on bare descriptor numbers. Who opens one closes it. */
public final class Descriptors {
  private static final int O_WRONLY = 1;
  private static final int O_CREAT = 0100;
  private static final int O_EXCL = 0200;
  private static final int O_APPEND = 02000;

  private static final short POLLOUT = 4;
  private static final short POLLERR = 8;

  private static final int SEEK_END = 2;
  private static final int SEEK_DATA = 3;

  private static final int F_DUPFD = 0;
  private static final int FIRST_INHERITED = 100;

  private static final int F_SETSIG = 10;
  private static final int F_SETLEASE = 1024;
  private static final int F_RDLCK = 0;
  private static final int F_UNLCK = 2;
  private static final int SIGURG = 23;

  private static final int FALLOC_FL_KEEP_SIZE = 1;
  private static final int FALLOC_FL_PUNCH_HOLE = 2;

  /** The longest read or write of one call, in bytes. */
  private static final int CHUNK = 64 * 1024;

  /** A native buffer for each thread that reads or writes. */
  private static final ThreadLocal<Pointer> BUFFER =
      ThreadLocal.withInitial(() -> Memory.allocateDirect(RUNTIME, CHUNK));

  private Descriptors() {}

  /** A new file for appending, of mode 0600, close-on-exec; EEXIST if something is there. */
  public static int createForAppending(Path path) throws ErrnoException {
    int flags = O_WRONLY | O_CREAT | O_EXCL | O_APPEND | LibC.O_CLOEXEC | Machine.O_NOFOLLOW;
    return open(path, flags);
  }

  /** An existing file for reading, close-on-exec. */
  public static int openForReading(Path path) throws ErrnoException {
    return open(path, LibC.O_CLOEXEC | Machine.O_NOFOLLOW);
  }

  /** An existing file or device for writing, close-on-exec; symlinks are followed. */
  public static int openForWriting(Path path) throws ErrnoException {
    return open(path, O_WRONLY | LibC.O_CLOEXEC);
  }

  private static int open(Path path, int flags) throws ErrnoException {
    int fd;
    do {
      fd = LIBRARY.open(path.toString(), flags, 0600);
    } while (fd < 0 && LIBRARY.errno() == Errno.EINTR);
    if (fd < 0) {
      throw new ErrnoException("open of " + path, LIBRARY.errno());
    }
    return fd;
  }

  /** close(2). */
  public static void close(int fd) {
    LibC.close(fd);
  }

  /**
   * read(2): waits for at least one byte.
   *
   * @return the count of bytes, 0 at the end
   */
  public static int read(int fd, byte[] into, int offset, int length) throws ErrnoException {
    return read(fd, into, offset, length, -1);
  }

  /** pread(2), as {@link #read} otherwise. */
  public static int pread(int fd, byte[] into, int length, long position) throws ErrnoException {
    return read(fd, into, 0, length, position);
  }

  private static int read(int fd, byte[] into, int offset, int length, long position)
      throws ErrnoException {
    Pointer buffer = BUFFER.get();
    int most = Math.min(length, CHUNK);
    while (true) {
      long count = position < 0 ? C.read(fd, buffer, most) : C.pread(fd, buffer, most, position);
      if (count >= 0) {
        buffer.get(0, into, offset, (int) count);
        return (int) count;
      }
      if (errno() != Errno.EINTR) {
        throw new ErrnoException("read", errno());
      }
    }
  }

  /**
   * write(2). SIGPIPE is no concern: the JVM handles it.
   *
   * @return how many bytes were taken, which may be fewer; 0 if the descriptor takes none now
   */
  public static int write(int fd, byte[] from, int offset, int length) throws ErrnoException {
    Pointer buffer = BUFFER.get();
    int most = Math.min(length, CHUNK);
    buffer.put(0, from, offset, most);
    while (true) {
      long count = C.write(fd, buffer, most);
      if (count >= 0) {
        return (int) count;
      }
      if (errno() == Errno.EAGAIN) {
        return 0;
      }
      if (errno() != Errno.EINTR) {
        throw new ErrnoException("write", errno());
      }
    }
  }

  /**
   * Whether a write of up to PIPE_BUF (4096) bytes would not wait (poll(2)).
   *
   * @param millis how long to wait until it is so, at most
   * @throws ErrnoException EPIPE if nobody reads the other end any more
   */
  public static boolean writable(int fd, int millis) throws ErrnoException {
    Pointer poll = BUFFER.get();
    poll.putInt(0, fd);
    poll.putShort(4, POLLOUT);
    poll.putShort(6, (short) 0);
    int ready = C.poll(poll, 1, millis);
    if (ready < 0) {
      if (errno() == Errno.EINTR) {
        return false;
      }
      throw new ErrnoException("poll", errno());
    }
    int events = poll.getShort(6);
    if ((events & ~POLLOUT) != 0) {
      throw new ErrnoException("write", (events & POLLERR) != 0 ? Errno.EPIPE : Errno.EBADF);
    }
    return ready > 0;
  }

  /**
   * Gives the blocks of a range of a file back to the disk (fallocate(2)); its size stays.
   *
   * @param fd of the file, for reading or writing; it may have no name any more
   */
  public static void punchHole(int fd, long offset, long length) throws ErrnoException {
    int writable = openForWriting(Path.of("/proc/self/fd/" + fd));
    try {
      int mode = FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE;
      check("fallocate", C.fallocate(writable, mode, offset, length));
    } finally {
      close(writable);
    }
  }

  /**
   * Whether any process has the file open for writing: such a file cannot have a read lease
   * (fcntl(2), F_SETLEASE).
   *
   * @param readOnly the file, which this process owns, opened for reading only
   * @return false as well where the file system knows no leases
   */
  public static boolean hasWriters(int readOnly) {
    try {
      // a broken lease is told by SIGIO, which kills; it must be a harmless one
      LibC.fcntl(readOnly, F_SETSIG, SIGURG);
      LibC.fcntl(readOnly, F_SETLEASE, F_RDLCK);
      LibC.fcntl(readOnly, F_SETLEASE, F_UNLCK);
      return false;
    } catch (ErrnoException e) {
      return e.errno() == Errno.EAGAIN;
    }
  }

  /** Where the first bytes of a file are that were not given back to the disk (lseek(2)). */
  public static long firstData(int fd) {
    long at = LIBRARY.lseekLong(fd, 0, SEEK_DATA);
    return at >= 0 ? at : Math.max(0, LIBRARY.lseekLong(fd, 0, SEEK_END));
  }

  /**
   * A copy of a descriptor that a program gets which this process becomes; its number is out of the
   * way of what shells use.
   */
  public static int inheritable(int fd) throws ErrnoException {
    return LibC.fcntl(fd, F_DUPFD, FIRST_INHERITED);
  }

  /** Whether a program gets the descriptor that this process becomes. */
  public static void inherited(int fd, boolean now) throws ErrnoException {
    int flags = LibC.fcntl(fd, LibC.F_GETFD, 0) & ~LibC.FD_CLOEXEC;
    LibC.fcntl(fd, LibC.F_SETFD, now ? flags : flags | LibC.FD_CLOEXEC);
  }

  /** Sets close-on-exec on every descriptor of this process but 0, 1 and 2. */
  static void closeAllOnExec() throws IOException {
    try (DirectoryStream<Path> all = Files.newDirectoryStream(Path.of("/proc/self/fd"))) {
      for (Path one : all) {
        int fd = Integer.parseInt(one.getFileName().toString());
        if (fd > 2) {
          closeOnExec(fd);
        }
      }
    }
  }

  private static void closeOnExec(int fd) {
    try {
      int flags = LibC.fcntl(fd, LibC.F_GETFD, 0);
      if ((flags & LibC.FD_CLOEXEC) == 0) {
        LibC.fcntl(fd, LibC.F_SETFD, flags | LibC.FD_CLOEXEC);
      }
    } catch (ErrnoException e) {
      // closed since the directory was read
    }
  }
}
