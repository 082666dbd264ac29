package dev.graceful.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.graceful.posix.Await;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(300)
class ConnectionsTest {
  private static final long SELF = ProcessHandle.current().pid();

  @Test
  void whatIsAcceptedAndOpenCounts() throws Exception {
    try (ServerSocket server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        ServerSocket dual = new ServerSocket(0)) {
      Set<Integer> ports = Set.of(server.getLocalPort(), dual.getLocalPort());
      assertThat(Connections.count(SELF, ports)).isZero();
      List<Socket> open = new ArrayList<>();
      Socket client = connect(server);
      open.add(client);
      assertThat(Connections.count(SELF, ports)).as("in the accept queue").isZero();
      Socket accepted = server.accept();
      open.add(accepted);
      open.add(connect(dual));
      open.add(dual.accept());
      assertThat(Connections.count(SELF, ports)).isEqualTo(2);
      assertThat(Connections.count(SELF, Set.of(dual.getLocalPort()))).isEqualTo(1);
      assertThat(Connections.count(ProcessHandle.current().parent().orElseThrow().pid(), ports))
          .as("of another process")
          .isZero();
      client.close();
      assertThat(Connections.count(SELF, ports)).as("CLOSE_WAIT").isEqualTo(2);
      accepted.close();
      Await.until(() -> Connections.count(SELF, ports) == 1);
      close(open);
      Await.until(() -> Connections.count(SELF, ports) == 0);
    }
  }

  @Test
  void manyAreCountedExactly() throws Exception {
    List<Socket> open = new ArrayList<>();
    try (ServerSocket server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
      for (int i = 0; i < 400; i++) {
        open.add(connect(server));
        open.add(server.accept());
      }
      Set<Integer> port = Set.of(server.getLocalPort());
      assertThat(Connections.count(SELF, port)).isEqualTo(400);
      assertThat(Connections.any(SELF, port)).isTrue();
      long another = ProcessHandle.current().parent().orElseThrow().pid();
      assertThat(Connections.any(another, port)).isFalse();
      assertThat(Connections.any(SELF, Set.of(1, 2, 3, 4, 5))).isFalse();
    } finally {
      close(open);
    }
  }

  @Test
  void noSuchProcessIsAnError() {
    assertThatThrownBy(() -> Connections.count(Integer.MAX_VALUE, Set.of(1)))
        .isInstanceOf(IOException.class);
  }

  private static Socket connect(ServerSocket server) throws IOException {
    return new Socket(InetAddress.getLoopbackAddress(), server.getLocalPort());
  }

  private static void close(List<Socket> sockets) throws IOException {
    for (Socket socket : sockets) {
      socket.close();
    }
  }
}
