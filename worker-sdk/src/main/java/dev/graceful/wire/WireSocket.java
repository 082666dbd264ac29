package dev.graceful.wire;

import java.io.Closeable;
import java.io.EOFException;
import java.io.IOException;
import java.util.Arrays;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * One end of a connection between a worker and the supervisor: a Unix domain stream socket that
 * carries {@link Message}s with their descriptors. Blocking. One thread may receive while others
 * send; {@link #close} ends both.
 */
public final class WireSocket implements Closeable {
  /** A message with its descriptors, which the receiver owns. */
  public record Received(Message message, int[] descriptors) {
    /** Closes the descriptors: for a receiver that has no use for them. */
    public void discard() {
      for (int fd : descriptors) {
        LibC.close(fd);
      }
    }
  }

  private final int fd;
  private final Object sending = new Object();
  private final AtomicBoolean shut = new AtomicBoolean();
  private boolean closed;
  private int users;

  /** Takes over {@code fd}, a connected stream socket. */
  public WireSocket(int fd) {
    this.fd = fd;
  }

  /** Connects to the socket at {@code path}. */
  public static WireSocket connect(String path) throws IOException {
    int fd = LibC.socket(LibC.AF_UNIX, LibC.SOCK_STREAM | LibC.SOCK_CLOEXEC, 0);
    try {
      LibC.connectUnix(fd, path);
    } catch (IOException e) {
      LibC.close(fd);
      throw e;
    }
    return new WireSocket(fd);
  }

  /**
   * Bounds every single wait for the other side to take bytes.
   *
   * @param millis as SO_SNDTIMEO (socket(7)); after it {@link #send} fails with EAGAIN
   */
  public void sendTimeout(long millis) throws IOException {
    LibC.setsockopt(fd, LibC.SOL_SOCKET, LibC.SO_SNDTIMEO, timeval(millis));
  }

  /**
   * Bounds every single wait for bytes.
   *
   * @param millis as SO_RCVTIMEO (socket(7)), 0 for none; after it {@link #receive} fails with
   *     EAGAIN
   */
  public void receiveTimeout(long millis) throws IOException {
    LibC.setsockopt(fd, LibC.SOL_SOCKET, LibC.SO_RCVTIMEO, timeval(millis));
  }

  private static byte[] timeval(long millis) {
    byte[] timeval = new byte[16];
    LibC.putLong(timeval, 0, millis / 1000);
    LibC.putLong(timeval, 8, millis % 1000 * 1000);
    return timeval;
  }

  /** The process at the other end when it connected: pid, uid, gid (unix(7), SO_PEERCRED). */
  public int[] peer() throws IOException {
    byte[] ucred = LibC.getsockopt(fd, LibC.SOL_SOCKET, LibC.SO_PEERCRED, 12);
    return new int[] {LibC.getInt(ucred, 0), LibC.getInt(ucred, 4), LibC.getInt(ucred, 8)};
  }

  /**
   * Sends a message; the descriptors stay the caller's.
   *
   * @throws IOException if the other side is gone or takes nothing: the socket is of no further use
   */
  public void send(Message message, int... descriptors) throws IOException {
    byte[] frame = Codec.encode(message);
    enter();
    try {
      synchronized (sending) {
        int sent = 0;
        int left = descriptors.length;
        while (sent < frame.length) {
          // more than the kernel takes at once ride on single bytes; the last ones on the rest
          int from = descriptors.length - left;
          int[] now = Arrays.copyOfRange(descriptors, from, from + Math.min(left, LibC.SCM_MAX_FD));
          left -= now.length;
          int length = left > 0 ? 1 : frame.length - sent;
          sent += LibC.sendmsg(fd, frame, sent, length, now);
        }
      }
    } finally {
      leave();
    }
  }

  /**
   * Waits for the next message.
   *
   * @throws EOFException if the other side has closed, between messages or within one
   * @throws WireException if what came is no message
   */
  public Received receive() throws IOException {
    Reader reader = new Reader();
    enter();
    boolean good = false;
    try {
      byte[] header = reader.read(Codec.HEADER);
      int length =
          (header[0] & 0xff) << 24
              | (header[1] & 0xff) << 16
              | (header[2] & 0xff) << 8
              | (header[3] & 0xff);
      if (length < 2 || length > Codec.MAX_FRAME) {
        throw new WireException("a frame of " + (length & 0xffffffffL) + " bytes");
      }
      Message message = Codec.decode(reader.read(length));
      good = true;
      return new Received(message, reader.descriptors);
    } finally {
      if (!good) {
        reader.discard();
      }
      leave();
    }
  }

  /** Reads exactly as much as it is told to, and gathers the descriptors that ride on it. */
  private final class Reader {
    int[] descriptors = {};

    byte[] read(int length) throws IOException {
      byte[] bytes = new byte[length];
      int have = 0;
      while (have < length) {
        LibC.Received got = LibC.recvmsg(fd, bytes, have, length - have);
        int first = descriptors.length;
        descriptors = Arrays.copyOf(descriptors, first + got.descriptors().length);
        System.arraycopy(got.descriptors(), 0, descriptors, first, got.descriptors().length);
        if (got.truncated()) {
          throw new WireException("descriptors were lost: the limit of open files is reached");
        }
        if (descriptors.length > Codec.MAX_DESCRIPTORS) {
          throw new WireException(descriptors.length + " descriptors on one frame");
        }
        if (got.count() == 0) {
          throw new EOFException("the other side has closed");
        }
        have += got.count();
      }
      return bytes;
    }

    void discard() {
      for (int descriptor : descriptors) {
        LibC.close(descriptor);
      }
    }
  }

  private synchronized void enter() throws IOException {
    if (closed) {
      throw new EOFException("closed");
    }
    users++;
  }

  private synchronized void leave() {
    users--;
    if (closed && users == 0) {
      LibC.close(fd);
    }
  }

  /** Ends the connection. Threads inside {@link #receive} or {@link #send} come back. */
  @Override
  public void close() {
    if (!shut.compareAndSet(false, true)) {
      return;
    }
    try {
      LibC.shutdown(fd, LibC.SHUT_RDWR);
    } catch (ErrnoException e) {
      // not connected any more: there is nobody to wake
    }
    synchronized (this) {
      closed = true;
      if (users == 0) {
        LibC.close(fd);
      }
    }
  }
}
