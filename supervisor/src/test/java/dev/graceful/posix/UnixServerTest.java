package dev.graceful.posix;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.graceful.wire.LibC;
import dev.graceful.wire.WireSocket;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.util.concurrent.FutureTask;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(300)
class UnixServerTest {
  @TempDir Path dir;

  @Test
  void acceptsAndKnowsThePeer() throws Exception {
    Path path = dir.resolve("s");
    try (UnixServer server = UnixServer.bind(path);
        WireSocket client = WireSocket.connect(path.toString())) {
      assertThat(Files.getPosixFilePermissions(path))
          .containsExactlyInAnyOrder(
              PosixFilePermission.OWNER_READ, PosixFilePermission.OWNER_WRITE);
      UnixServer.Peer peer = server.accept();
      assertThat(peer.pid()).isEqualTo((int) ProcessHandle.current().pid());
      assertThat(peer.uid()).isEqualTo(NativeProcesses.user());
      assertThat(LibC.fcntl(peer.fd(), LibC.F_GETFD, 0)).isEqualTo(LibC.FD_CLOEXEC);
      try (WireSocket wire = new WireSocket(peer.fd())) {
        assertThat(wire.peer()[0]).isEqualTo(client.peer()[0]);
      }
    }
    assertThat(path).doesNotExist();
  }

  @Test
  void closeEndsAccept() throws Exception {
    UnixServer server = UnixServer.bind(dir.resolve("s"));
    FutureTask<Object> accept = new FutureTask<>(server::accept);
    Thread acceptor = new Thread(accept);
    acceptor.start();
    Await.until(() -> SignalSourceTest.inNative(acceptor));
    server.close();
    assertThatThrownBy(accept::get).hasCauseInstanceOf(IOException.class);
    assertThatThrownBy(server::accept).isInstanceOf(IOException.class);
    server.close();
  }

  @Test
  void onlyAStaleSocketIsRemoved() throws Exception {
    Path path = dir.resolve("s");
    try (ServerSocketChannel stale = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
      stale.bind(UnixDomainSocketAddress.of(path));
    }
    assertThat(path).exists();
    UnixServer first = UnixServer.bind(path);
    UnixServer second = UnixServer.bind(path);
    first.close();
    assertThat(path).exists();
    second.close();
    assertThat(path).doesNotExist();
    Path file = Files.createFile(dir.resolve("file"));
    assertThatThrownBy(() -> UnixServer.bind(file)).hasMessageContaining("is no socket");
    Path link = Files.createSymbolicLink(dir.resolve("link"), file);
    assertThatThrownBy(() -> UnixServer.bind(link)).hasMessageContaining("is no socket");
    assertThat(link).isSymbolicLink();
  }

  @Test
  void badPathsSayWhy() {
    assertThatThrownBy(() -> UnixServer.bind(dir.resolve("x".repeat(100))))
        .hasMessageContaining("use a shorter directory");
    assertThatThrownBy(() -> UnixServer.bind(dir.resolve("no/s")))
        .hasMessageContaining("cannot listen on")
        .hasMessageContaining("No such file or directory");
  }
}
