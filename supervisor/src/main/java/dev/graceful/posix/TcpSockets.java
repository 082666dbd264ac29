package dev.graceful.posix;

import dev.graceful.wire.Errno;
import dev.graceful.wire.ErrnoException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;

/**
 * The TCP sockets on some local ports: asked of the kernel where it can be asked, and looked up in
 * /proc otherwise.
 */
public final class TcpSockets {
  /** With more ports than that it is cheaper to have all sockets listed once. */
  private static final int MOST_PORTS = 4;

  /** The kernel refused once, and will again. */
  private static volatile boolean refused;

  /** Takes the sockets, one by one. */
  public interface Visitor {
    /**
     * Takes one.
     *
     * @param inode 0 where no descriptor belongs to the socket (any more, or yet)
     */
    void visit(int localPort, int state, long inode);
  }

  private TcpSockets() {}

  /**
   * Visits those of the network namespace of a process.
   *
   * @param states a bit for each, {@code 1 << TcpTable.ESTABLISHED} and so on
   * @throws IOException if there is no such process, or it may not be looked into
   */
  public static void visit(long pid, Set<Integer> ports, int states, Visitor visitor)
      throws IOException {
    if (!refused && inOurNamespace(pid) && ask(ports, states, visitor)) {
      return;
    }
    TcpTable.visit(
        pid,
        row -> {
          if ((states & 1 << row.state()) != 0 && ports.contains(row.localPort())) {
            visitor.visit(row.localPort(), row.state(), row.inode());
          }
        });
  }

  /**
   * @return false if the kernel cannot be asked; then nothing was visited
   */
  private static boolean ask(Set<Integer> ports, int states, Visitor visitor)
      throws ErrnoException {
    boolean each = ports.size() <= MOST_PORTS;
    boolean[] visited = {false};
    SocketDiag.Visitor ofPorts =
        (port, state, inode) -> {
          if (ports.contains(port)) {
            visited[0] = true;
            visitor.visit(port, state, inode);
          }
        };
    try {
      for (int port : each ? ports : Set.of(0)) {
        SocketDiag.visit(port, states, ofPorts);
      }
      return true;
    } catch (ErrnoException e) {
      if (visited[0] || e.errno() == Errno.EMFILE) {
        throw e; // it can be asked, but not now
      }
      refused = true;
      return false;
    }
  }

  private static boolean inOurNamespace(long pid) throws IOException {
    Path theirs = Path.of("/proc", "" + pid, "ns", "net");
    return Files.readSymbolicLink(theirs)
        .equals(Files.readSymbolicLink(Path.of("/proc/self/ns/net")));
  }
}
