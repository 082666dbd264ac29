package dev.graceful.posix;

import static dev.graceful.posix.CLibrary.C;
import static dev.graceful.posix.CLibrary.LIBRARY;
import static dev.graceful.posix.CLibrary.errno;

import dev.graceful.wire.Errno;
import dev.graceful.wire.ErrnoException;
import dev.graceful.wire.LibC;
import java.io.Closeable;
import java.io.EOFException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Objects;
import jnr.unixsocket.UnixServerSocketChannel;
import jnr.unixsocket.UnixSocketAddress;
import org.jspecify.annotations.Nullable;

/** A listening Unix domain socket (unix(7)), which only its owner can connect to. */
public final class UnixServer implements Closeable {
  /** The longest path of a socket in bytes: sun_path less its final zero byte. */
  private static final int MAX_PATH = 107;

  private static final int BACKLOG = 128;
  private static final int MODE = 0600;

  /**
   * Who connected, as the kernel knows it (SO_PEERCRED).
   *
   * @param fd the connection, close-on-exec; the receiver owns it
   * @param pid of the process that called connect(2)
   */
  public record Peer(int fd, int pid, int uid, int gid) {}

  private final Path path;
  private final UnixServerSocketChannel channel;
  private final int fd;
  private final @Nullable Object fileKey;
  private final Occupancy occupancy = new Occupancy(this::release);

  private UnixServer(Path path, UnixServerSocketChannel channel) throws IOException {
    this.path = path;
    this.channel = channel;
    this.fd = channel.getFD();
    this.fileKey = key(path);
  }

  /**
   * Listens at {@code path}, with mode 0600 from the first moment on. A socket that lies there is
   * removed, so the caller must know (by a lock) that nobody listens on it; anything else that lies
   * there is left alone and refused.
   */
  public static UnixServer bind(Path path) throws IOException {
    int length = path.toString().getBytes(StandardCharsets.UTF_8).length;
    if (length > MAX_PATH) {
      throw new IOException(
          path
              + ": the path of a socket may have "
              + MAX_PATH
              + " bytes and this has "
              + length
              + ": use a shorter directory");
    }
    removeStale(path);
    UnixServerSocketChannel channel = UnixServerSocketChannel.open();
    try {
      LibC.fcntl(channel.getFD(), LibC.F_SETFD, LibC.FD_CLOEXEC);
      // Linux takes the mode of the file from that of the unbound socket: no moment without it
      if (LIBRARY.fchmod(channel.getFD(), MODE) < 0) {
        throw new ErrnoException("fchmod of a socket", LIBRARY.errno());
      }
      try {
        channel.socket().bind(new UnixSocketAddress(path.toFile()), BACKLOG);
      } catch (IOException e) {
        throw new IOException("cannot listen on " + path + ": " + e.getMessage(), e);
      }
      return new UnixServer(path, channel);
    } catch (IOException | RuntimeException e) {
      channel.close();
      throw e;
    }
  }

  private static void removeStale(Path path) throws IOException {
    try {
      BasicFileAttributes there =
          Files.readAttributes(path, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
      if (!there.isOther()) {
        throw new IOException(path + " is there and is no socket: move it away");
      }
      Files.delete(path);
    } catch (NoSuchFileException e) {
      // nothing to remove
    }
  }

  /**
   * Waits for the next connection.
   *
   * @throws EOFException if {@link #close} was called, before or meanwhile
   * @throws ErrnoException as accept(2); after EMFILE, ENFILE and the like the server is still good
   */
  public Peer accept() throws IOException {
    occupancy.enter();
    try {
      while (true) {
        int connection = C.accept4(fd, null, null, LibC.SOCK_CLOEXEC);
        if (connection >= 0) {
          return identify(connection);
        }
        int errno = errno();
        if (occupancy.closed()) {
          throw new EOFException("closed");
        }
        if (errno != Errno.EINTR) {
          throw new ErrnoException("accept", errno);
        }
      }
    } finally {
      occupancy.leave();
    }
  }

  private static Peer identify(int connection) throws IOException {
    try {
      byte[] ucred = LibC.getsockopt(connection, LibC.SOL_SOCKET, LibC.SO_PEERCRED, 12);
      return new Peer(
          connection, LibC.getInt(ucred, 0), LibC.getInt(ucred, 4), LibC.getInt(ucred, 8));
    } catch (IOException e) {
      LibC.close(connection);
      throw e;
    }
  }

  /** Ends {@link #accept} and removes the file, unless another one lies there by now. */
  @Override
  public void close() {
    occupancy.close(
        () -> {
          try {
            if (fileKey != null && Objects.equals(fileKey, key(path))) {
              Files.delete(path);
            }
          } catch (IOException e) {
            // the next one to bind removes it
          }
          try {
            LibC.shutdown(fd, LibC.SHUT_RDWR);
          } catch (ErrnoException e) {
            // nobody waits then
          }
        });
  }

  private static @Nullable Object key(Path path) throws IOException {
    return Files.readAttributes(path, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS)
        .fileKey();
  }

  private void release() {
    try {
      channel.close();
    } catch (IOException e) {
      // close(2) releases the descriptor in any case
    }
  }
}
