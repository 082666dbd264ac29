package dev.graceful.posix;

import dev.graceful.wire.Errno;
import dev.graceful.wire.ErrnoException;
import dev.graceful.wire.LibC;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * The TCP sockets of this process's network namespace, as the kernel lists them for a port and a
 * set of states (sock_diag(7)): that takes a hundredth of the time of reading /proc/net/tcp where
 * there are many.
 */
final class SocketDiag {
  private static final int AF_NETLINK = 16;
  private static final int SOCK_RAW = 3;
  private static final int NETLINK_SOCK_DIAG = 4;
  private static final int SOCK_DIAG_BY_FAMILY = 20;
  private static final int NLM_F_REQUEST_DUMP = 0x301;
  private static final int NLMSG_ERROR = 2;
  private static final int NLMSG_DONE = 3;

  /** struct nlmsghdr: length, type, flags, sequence, port. */
  private static final int HEADER = 16;

  /** struct inet_diag_req_v2: family, protocol, extensions, pad, states, id of 48 bytes. */
  private static final int REQUEST = HEADER + 8 + 48;

  /** Where fields of struct inet_diag_msg are: state, source port, inode. */
  private static final int STATE = 1;

  private static final int SOURCE_PORT = 4;
  private static final int INODE = 68;
  private static final int MESSAGE = 72;

  /** The kernel makes no longer datagrams for a dump. */
  private static final int LONGEST = 32 * 1024;

  private static final int ANSWER_SECONDS = 5;

  /** Takes the sockets, one by one. */
  interface Visitor {
    void visit(int localPort, int state, long inode);
  }

  private SocketDiag() {}

  /**
   * Visits the sockets of both families.
   *
   * @param port the local one; 0 for any
   * @param states a bit for each, {@code 1 << TcpTable.ESTABLISHED} and so on
   * @throws ErrnoException if the kernel does not do it: no such module, or a sandbox
   */
  static void visit(int port, int states, Visitor visitor) throws ErrnoException {
    int fd = LibC.socket(AF_NETLINK, SOCK_RAW | LibC.SOCK_CLOEXEC, NETLINK_SOCK_DIAG);
    try {
      byte[] timeout = new byte[16];
      buffer(timeout, 16).putLong(ANSWER_SECONDS);
      LibC.setsockopt(fd, LibC.SOL_SOCKET, LibC.SO_RCVTIMEO, timeout);
      byte[] answer = new byte[LONGEST];
      for (int family : new int[] {LibC.AF_INET, LibC.AF_INET6}) {
        byte[] request = request(family, port, states);
        LibC.sendmsg(fd, request, 0, request.length, new int[0]);
        boolean more = true;
        while (more) {
          int length = LibC.recvmsg(fd, answer, 0, answer.length).count();
          more = read(buffer(answer, length), visitor);
        }
      }
    } finally {
      LibC.close(fd);
    }
  }

  static byte[] request(int family, int port, int states) {
    byte[] bytes = new byte[REQUEST];
    ByteBuffer request = buffer(bytes, REQUEST);
    request.putInt(REQUEST).putShort((short) SOCK_DIAG_BY_FAMILY);
    request.putShort((short) NLM_F_REQUEST_DUMP).putInt(1).putInt(0);
    request.put((byte) family).put((byte) LibC.IPPROTO_TCP).putShort((short) 0).putInt(states);
    request.put((byte) (port >> 8)).put((byte) port);
    return bytes;
  }

  /** Whether another datagram follows. */
  private static boolean read(ByteBuffer answer, Visitor visitor) throws ErrnoException {
    while (answer.remaining() >= HEADER) {
      int at = answer.position();
      int length = answer.getInt(at);
      if (length < HEADER || length > answer.remaining()) {
        throw new ErrnoException("sock_diag", Errno.EINVAL);
      }
      int type = answer.getShort(at + 4);
      if (type == NLMSG_DONE) {
        return false;
      } else if (type == NLMSG_ERROR) {
        throw new ErrnoException("sock_diag", -answer.getInt(at + HEADER));
      } else if (type == SOCK_DIAG_BY_FAMILY && length >= HEADER + MESSAGE) {
        int message = at + HEADER;
        int port =
            (answer.get(message + SOURCE_PORT) & 0xff) << 8
                | (answer.get(message + SOURCE_PORT + 1) & 0xff);
        long inode = answer.getInt(message + INODE) & 0xffff_ffffL;
        visitor.visit(port, answer.get(message + STATE), inode);
      }
      answer.position(Math.min(answer.limit(), at + (length + 3 & ~3)));
    }
    return true;
  }

  private static ByteBuffer buffer(byte[] bytes, int length) {
    return ByteBuffer.wrap(bytes, 0, length).order(ByteOrder.nativeOrder());
  }
}
