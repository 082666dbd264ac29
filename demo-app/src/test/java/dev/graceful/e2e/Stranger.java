package dev.graceful.e2e;

import java.io.IOException;
import java.net.SocketException;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;

/** Somebody who says on the workers' socket that it is a worker. */
record Stranger(SocketChannel channel) implements AutoCloseable {

  /** Connects as soon as there is somebody to connect to, and says HELLO. */
  static Stranger connect(Path socket, int generation, long pid) throws Exception {
    SocketChannel[] channel = new SocketChannel[1];
    Await.until(
        "somebody listens on " + socket,
        () -> {
          if (!Files.exists(socket)) {
            return false;
          }
          try {
            channel[0] = SocketChannel.open(UnixDomainSocketAddress.of(socket));
            return true;
          } catch (SocketException e) {
            return false; // the socket of the one that was killed
          }
        });
    // length, version, kind, protocol, generation, pid, an empty text
    ByteBuffer frame = ByteBuffer.allocate(24);
    frame.putInt(20).put((byte) 1).put((byte) 1).putInt(1).putInt(generation).putLong(pid);
    frame.putShort((short) 0).flip();
    while (frame.hasRemaining()) {
      channel[0].write(frame);
    }
    return new Stranger(channel[0]);
  }

  /** All that it is told, until it is hung up on. */
  byte[] answer() throws IOException {
    ByteBuffer answer = ByteBuffer.allocate(4096);
    try {
      while (channel.read(answer) >= 0 && answer.hasRemaining()) {
        // more may come
      }
    } catch (SocketException e) {
      // hung up on without ceremony
    }
    byte[] bytes = new byte[answer.position()];
    answer.flip().get(bytes);
    return bytes;
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }
}
