package dev.graceful.posix;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What the kernel lists is what /proc has. */
@Timeout(300)
class TcpSocketsTest {
  private static final int ALL = 0xffe;

  @Test
  void bothSourcesTellTheSame() throws Exception {
    List<AutoCloseable> open = new ArrayList<>();
    try (ServerSocket four = new ServerSocket(0, 50, InetAddress.getByName("127.0.0.1"));
        ServerSocket dual = new ServerSocket(0)) {
      for (int i = 0; i < 300; i++) {
        ServerSocket server = i % 2 == 0 ? four : dual;
        open.add(new Socket("127.0.0.1", server.getLocalPort()));
        if (i % 7 > 0) {
          open.add(server.accept());
        }
      }
      for (ServerSocket server : List.of(four, dual)) {
        int port = server.getLocalPort();
        Set<String> asked = new TreeSet<>();
        SocketDiag.visit(port, ALL, (local, state, inode) -> asked.add(row(local, state, inode)));
        assertThat(asked).hasSizeGreaterThan(100).isEqualTo(table(port));
        Set<String> any = new TreeSet<>();
        SocketDiag.visit(
            0,
            ALL,
            (local, state, inode) -> {
              if (local == port) {
                any.add(row(local, state, inode));
              }
            });
        assertThat(any).isEqualTo(asked);
      }
      Set<String> listening = new TreeSet<>();
      SocketDiag.visit(
          four.getLocalPort(),
          1 << TcpTable.LISTEN,
          (local, state, inode) -> listening.add(row(local, state, inode)));
      assertThat(listening).hasSize(1);
    } finally {
      for (AutoCloseable one : open) {
        one.close();
      }
    }
  }

  private static Set<String> table(int port) throws Exception {
    Set<String> rows = new TreeSet<>();
    TcpTable.visit(
        ProcessHandle.current().pid(),
        row -> {
          if (row.localPort() == port) {
            rows.add(row(row.localPort(), row.state(), row.inode()));
          }
        });
    return rows;
  }

  private static String row(int port, int state, long inode) {
    return port + " " + state + " " + inode;
  }
}
