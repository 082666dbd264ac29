package dev.graceful.process;

import dev.graceful.posix.ProcFs;
import dev.graceful.posix.TcpSockets;
import dev.graceful.posix.TcpTable;
import java.io.IOException;
import java.util.Arrays;
import java.util.Set;

/**
 * Live connections of a worker, counted from outside, so that the count is right for any server.
 */
public final class Connections {
  /** All but those that listen, or are closed on both sides. */
  private static final int LIVE =
      0xffe & ~(1 << TcpTable.LISTEN | 1 << TcpTable.CLOSE | 1 << TcpTable.TIME_WAIT);

  private long[] candidates = new long[64];
  private int count;

  private Connections() {}

  /**
   * The accepted connections that a process has open. Takes its time where there are thousands.
   *
   * @param ports of its listeners: sockets with such a local port count, if they neither listen nor
   *     are closed on both sides
   * @throws IOException if there is no such process, or it may not be looked into
   */
  public static int count(long pid, Set<Integer> ports) throws IOException {
    return count(pid, ports, Integer.MAX_VALUE);
  }

  /** Whether there is any, as {@link #count} has it: looks for the first one only. */
  public static boolean any(long pid, Set<Integer> ports) throws IOException {
    return count(pid, ports, 1) > 0;
  }

  private static int count(long pid, Set<Integer> ports, int most) throws IOException {
    Connections connections = new Connections();
    connections.collect(pid, ports);
    // none is the common case while idle, and by far the cheaper half
    return connections.count == 0 ? 0 : connections.heldBy(pid, most);
  }

  /** All such sockets of the network namespace; other workers' are among them. */
  private void collect(long pid, Set<Integer> ports) throws IOException {
    TcpSockets.visit(
        pid,
        ports,
        LIVE,
        (port, state, inode) -> {
          // no inode: in the accept queue, or without any descriptor
          if (inode != 0) {
            add(inode);
          }
        });
    Arrays.sort(candidates, 0, count);
  }

  private void add(long inode) {
    if (count == candidates.length) {
      candidates = Arrays.copyOf(candidates, count * 2);
    }
    candidates[count++] = inode;
  }

  private int heldBy(long pid, int most) throws IOException {
    boolean[] seen = new boolean[count];
    int[] held = {0};
    ProcFs.socketInodes(
        pid,
        inode -> {
          int at = Arrays.binarySearch(candidates, 0, count, inode);
          if (at >= 0 && !seen[at]) {
            seen[at] = true;
            held[0]++;
          }
          return held[0] < most;
        });
    return held[0];
  }
}
