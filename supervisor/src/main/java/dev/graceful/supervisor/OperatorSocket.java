package dev.graceful.supervisor;

import dev.graceful.control.Acceptor;
import dev.graceful.control.Connection;
import dev.graceful.posix.UnixServer;
import dev.graceful.posix.UnixStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;

/** Operators' connections over the control socket. */
final class OperatorSocket implements Acceptor {
  private final UnixServer server;

  OperatorSocket(UnixServer server) {
    this.server = server;
  }

  @Override
  public Connection accept() throws IOException {
    UnixStream stream = new UnixStream(server.accept().fd());
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

  @Override
  public void close() {
    server.close();
  }
}
