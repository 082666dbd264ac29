package dev.graceful.process;

import dev.graceful.posix.ProcFs;
import dev.graceful.posix.TcpTable;
import java.io.IOException;
import java.util.Arrays;
import java.util.Set;

/**
 * Live connections of a worker, counted from outside, so that the count is right for any server.
 */
public final class Connections {
  private long[] candidates = new long[64];
  private int count;

  private Connections() {}

  /**
   * The accepted connections that a process has open.
   *
   * @param ports of its listeners: sockets with such a local port count, if they neither listen nor
   *     are closed on both sides
   * @throws IOException if there is no such process, or it may not be looked into
   */
  public static int count(long pid, Set<Integer> ports) throws IOException {
    Connections connections = new Connections();
    connections.collect(pid, ports);
    if (connections.count == 0) {
      return 0; // the common case while idle, and by far the cheaper half
    }
    return connections.heldBy(pid);
  }

  /** All such sockets of the network namespace; other workers' are among them. */
  private void collect(long pid, Set<Integer> ports) throws IOException {
    int[] sorted = ports.stream().mapToInt(Integer::intValue).sorted().toArray();
    TcpTable.visit(
        pid,
        row -> {
          if (Arrays.binarySearch(sorted, row.localPort()) >= 0 && isLive(row)) {
            add(row.inode());
          }
        });
  }

  private static boolean isLive(TcpTable.Row row) {
    // no inode: in the accept queue, or without any descriptor
    return row.inode() != 0
        && row.state() != TcpTable.LISTEN
        && row.state() != TcpTable.CLOSE
        && row.state() != TcpTable.TIME_WAIT;
  }

  private void add(long inode) {
    if (count == candidates.length) {
      candidates = Arrays.copyOf(candidates, count * 2);
    }
    candidates[count++] = inode;
  }

  private int heldBy(long pid) throws IOException {
    long[] own = ProcFs.socketInodes(pid);
    int held = 0;
    for (int i = 0; i < count; i++) {
      if (Arrays.binarySearch(own, candidates[i]) >= 0) {
        held++;
      }
    }
    return held;
  }
}
