package dev.graceful.process;

import dev.graceful.posix.Descriptors;
import dev.graceful.posix.UnixServer;
import dev.graceful.wire.LibC;
import java.io.IOException;
import java.nio.file.Path;

/** Two connected descriptors: what is written to one is read from the other. */
record SocketPair(int near, int far) implements AutoCloseable {
  static SocketPair open(Path directory) throws IOException {
    try (UnixServer server = UnixServer.bind(directory.resolve("pair"))) {
      int near = LibC.socket(LibC.AF_UNIX, LibC.SOCK_STREAM | LibC.SOCK_CLOEXEC, 0);
      LibC.connectUnix(near, directory.resolve("pair").toString());
      return new SocketPair(near, server.accept().fd());
    }
  }

  @Override
  public void close() {
    Descriptors.close(near);
    Descriptors.close(far);
  }
}
