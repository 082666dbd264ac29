package dev.graceful.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.EOFException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(300)
class WireSocketTest {
  @TempDir Path dir;

  private ServerSocketChannel server() throws Exception {
    ServerSocketChannel server = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
    server.bind(UnixDomainSocketAddress.of(dir.resolve("s")));
    return server;
  }

  @Test
  void descriptorsRideOnTheirFrame() throws Exception {
    int listener = LibC.socket(LibC.AF_INET, LibC.SOCK_STREAM | LibC.SOCK_CLOEXEC, 0);
    LibC.bind(
        listener,
        SocketAddresses.encode(
            new InetSocketAddress(InetAddress.getByName("127.0.0.1"), 0), LibC.AF_INET));
    LibC.listen(listener, 5);
    byte[] name = LibC.getsockname(listener);
    try (ServerSocketChannel server = server()) {
      Path path = dir.resolve("s");
      // the test's own peer: a second WireSocket through a real listener in this process
      int unix = LibC.socket(LibC.AF_UNIX, LibC.SOCK_STREAM | LibC.SOCK_CLOEXEC, 0);
      LibC.connectUnix(unix, path.toString());
      try (WireSocket one = new WireSocket(unix);
          SocketChannel other = server.accept()) {
        one.send(new Message.Reseat(7, Role.SHARED, List.of(1, 2)), listener, listener);
        ByteBuffer bytes = ByteBuffer.allocate(100);
        other.read(bytes);
        bytes.flip();
        assertThat(bytes.getInt()).isEqualTo(bytes.remaining());
        assertThat(one.peer()[0]).isEqualTo((int) ProcessHandle.current().pid());
        other.write(ByteBuffer.wrap(Codec.encode(new Message.HookDone(3))));
        assertThat(one.receive().message()).isEqualTo(new Message.HookDone(3));
        other.write(ByteBuffer.wrap(new byte[] {0, 0}));
        other.shutdownOutput();
        assertThatThrownBy(one::receive).isInstanceOf(EOFException.class);
      }
    }
    assertThat(SocketAddresses.decode(name).getPort()).isPositive();
    LibC.close(listener);
    assertThat(Files.exists(Path.of("/proc/self/fd/" + listener))).isFalse();
  }

  @Test
  void oversizedFrameIsRefused() throws Exception {
    try (ServerSocketChannel server = server();
        WireSocket one = WireSocket.connect(dir.resolve("s").toString());
        SocketChannel other = server.accept()) {
      other.write(ByteBuffer.wrap(new byte[] {127, 0, 0, 0, 1, 1}));
      assertThatThrownBy(one::receive).isInstanceOf(WireException.class);
    }
  }
}
