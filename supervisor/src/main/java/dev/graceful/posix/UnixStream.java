package dev.graceful.posix;

import dev.graceful.wire.ErrnoException;
import dev.graceful.wire.LibC;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;

/** A connected Unix domain socket as two streams. Owns its descriptor. */
public final class UnixStream implements Closeable {
  private final int fd;
  private final Occupancy occupancy;
  private final InputStream in = new In();
  private final OutputStream out = new Out();

  /** Takes over {@code fd}. */
  public UnixStream(int fd) {
    this.fd = fd;
    this.occupancy = new Occupancy(() -> LibC.close(fd));
  }

  /** Blocks until there are bytes; any error means that the other side is gone. */
  public InputStream in() {
    return in;
  }

  /** Unbuffered. */
  public OutputStream out() {
    return out;
  }

  /** Ends it; threads in either stream come back. */
  @Override
  public void close() {
    occupancy.close(
        () -> {
          try {
            LibC.shutdown(fd, LibC.SHUT_RDWR);
          } catch (ErrnoException e) {
            // the other side has gone before
          }
        });
  }

  private final class In extends InputStream {
    @Override
    public int read() throws IOException {
      byte[] one = new byte[1];
      return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] bytes, int offset, int length) throws IOException {
      if (length == 0) {
        return 0;
      }
      occupancy.enter();
      try {
        int count = Descriptors.read(fd, bytes, offset, length);
        return count == 0 ? -1 : count;
      } finally {
        occupancy.leave();
      }
    }
  }

  private final class Out extends OutputStream {
    @Override
    public void write(int one) throws IOException {
      write(new byte[] {(byte) one}, 0, 1);
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
      occupancy.enter();
      try {
        int done = 0;
        while (done < length) {
          // as a socket, so that a client that has gone raises no SIGPIPE
          done += LibC.sendmsg(fd, bytes, offset + done, length - done, new int[0]);
        }
      } finally {
        occupancy.leave();
      }
    }
  }
}
