package dev.graceful.listener;

import dev.graceful.wire.LibC;
import dev.graceful.wire.SocketAddresses;
import java.io.Closeable;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;

/** A listener on a loopback port that only the supervisor knows of. Any thread may use it. */
public final class PrivateListener implements Closeable {
  private final int fd;
  private final InetSocketAddress address;
  private boolean closed;

  private PrivateListener(int fd, InetSocketAddress address) {
    this.fd = fd;
    this.address = address;
  }

  static PrivateListener open(int domain) throws IOException {
    int fd = Listeners.listening(domain, false);
    try {
      int port = SocketAddresses.decode(LibC.getsockname(fd)).getPort();
      InetAddress loopback = InetAddress.getByAddress(new byte[] {127, 0, 0, 1});
      return new PrivateListener(fd, new InetSocketAddress(loopback, port));
    } catch (IOException e) {
      LibC.close(fd);
      throw e;
    }
  }

  /** The descriptor; it stays this object's. */
  public int descriptor() {
    return fd;
  }

  /** Where to connect to. */
  public InetSocketAddress address() {
    return address;
  }

  /** How many connections wait to be accepted; 0 once it is closed. */
  public synchronized int acceptQueue() throws IOException {
    return closed ? 0 : Listeners.acceptQueueOf(fd);
  }

  /** Closes the supervisor's descriptor. The worker is off it by now, or has ended. */
  @Override
  public synchronized void close() {
    if (!closed) {
      closed = true;
      LibC.close(fd);
    }
  }
}
