package dev.graceful.e2e.app;

import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.util.Random;

/** A worker that says anything at all to its supervisor, beside what its agent says. */
final class Liar {
  private Liar() {}

  /**
   * @return how many connections the supervisor has ended meanwhile
   */
  static int lie(String socket, int generation, int frames, long seed) throws IOException {
    Random random = new Random(seed);
    int ended = 0;
    int left = frames;
    while (left > 0) {
      try (SocketChannel channel = SocketChannel.open(UnixDomainSocketAddress.of(socket))) {
        write(channel, hello(generation));
        while (left > 0) {
          left--;
          write(channel, frame(random));
        }
      } catch (IOException e) {
        ended++; // it did not like one of them: the next connection goes on
      }
    }
    return ended;
  }

  private static void write(SocketChannel channel, ByteBuffer bytes) throws IOException {
    while (bytes.hasRemaining()) {
      channel.write(bytes);
    }
  }

  private static ByteBuffer hello(int generation) {
    ByteBuffer frame = ByteBuffer.allocate(4 + 2 + 4 + 4 + 8 + 2);
    frame.putInt(20).put((byte) 1).put((byte) 1).putInt(1).putInt(generation);
    frame.putLong(ProcessHandle.current().pid()).putShort((short) 0);
    return frame.flip();
  }

  /** Most have a right length and kind, and small numbers, which may mean something. */
  private static ByteBuffer frame(Random random) {
    int size = 2 + random.nextInt(40);
    ByteBuffer frame = ByteBuffer.allocate(4 + size);
    frame.putInt(random.nextInt(2_000) == 0 ? random.nextInt() : size);
    frame.put((byte) 1).put((byte) random.nextInt(26));
    while (frame.remaining() >= 4) {
      frame.putInt(random.nextInt(8) == 0 ? random.nextInt() : random.nextInt(16));
    }
    while (frame.hasRemaining()) {
      frame.put((byte) random.nextInt());
    }
    return frame.flip();
  }
}
