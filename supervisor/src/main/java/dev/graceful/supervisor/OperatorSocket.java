package dev.graceful.supervisor;

import dev.graceful.control.Acceptor;
import dev.graceful.control.Connection;
import dev.graceful.posix.NativeProcesses;
import dev.graceful.posix.UnixServer;
import dev.graceful.posix.UnixStream;
import dev.graceful.wire.LibC;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Operators' connections over the control socket. */
final class OperatorSocket implements Acceptor {
  private static final Logger LOG = LoggerFactory.getLogger(OperatorSocket.class);

  private final UnixServer server;

  OperatorSocket(UnixServer server) {
    this.server = server;
  }

  @Override
  public Connection accept() throws IOException {
    UnixStream stream = new UnixStream(known().fd());
    return new Connection() {
      @Override
      public InputStream in() {
        return stream.in();
      }

      @Override
      public OutputStream out() {
        return stream.out();
      }

      @Override
      public void close() {
        stream.close();
      }
    };
  }

  /** The file's mode keeps others out; the kernel's word counts too, however they got here. */
  private UnixServer.Peer known() throws IOException {
    while (true) {
      UnixServer.Peer peer = server.accept();
      if (peer.uid() == 0 || peer.uid() == NativeProcesses.user()) {
        return peer;
      }
      LOG.warn("process {} of user {} is no operator: refused", peer.pid(), peer.uid());
      LibC.close(peer.fd());
    }
  }

  @Override
  public void close() {
    server.close();
  }
}
