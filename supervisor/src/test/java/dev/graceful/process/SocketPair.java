package dev.graceful.process;

import dev.graceful.posix.Descriptors;
import dev.graceful.posix.UnixServer;
import dev.graceful.wire.LibC;
import java.io.IOException;
import java.nio.file.Path;

/** Two connected descriptors: what is written to the near one is read from the far one. */
final class SocketPair implements AutoCloseable {
  final int near;
  final int far;
  private boolean farOpen = true;

  private SocketPair(int near, int far) {
    this.near = near;
    this.far = far;
  }

  static SocketPair open(Path directory) throws IOException {
    try (UnixServer server = UnixServer.bind(directory.resolve("pair"))) {
      int near = LibC.socket(LibC.AF_UNIX, LibC.SOCK_STREAM | LibC.SOCK_CLOEXEC, 0);
      LibC.connectUnix(near, directory.resolve("pair").toString());
      return new SocketPair(near, server.accept().fd());
    }
  }

  void closeFar() {
    if (farOpen) {
      farOpen = false;
      Descriptors.close(far);
    }
  }

  @Override
  public void close() {
    closeFar();
    Descriptors.close(near);
  }
}
