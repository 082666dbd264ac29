package dev.graceful.listener;

import dev.graceful.wire.Errno;
import dev.graceful.wire.ErrnoException;
import dev.graceful.wire.LibC;

/**
 * Filters on what reaches a listening socket (socket(7), SO_ATTACH_FILTER). The kernel shows the
 * program the packet from its TCP header on, before it deals with it.
 */
final class PacketFilters {
  private static final int LD_BYTE = 0x30;
  private static final int AND = 0x54;
  private static final int JEQ = 0x15;
  private static final int RET = 0x06;
  private static final int FLAGS_OFFSET = 13;
  private static final int SYN = 0x02;
  private static final int ALL = 0xffff;
  private static final int SO_DETACH_FILTER = 27;

  private PacketFilters() {}

  /**
   * Drops packets that would begin a connection. Handshakes under way are completed, and what is in
   * the accept queue stays there; who is turned away tries again by TCP's own rules, and is refused
   * once the listener is closed.
   */
  static void dropNewConnections(int fd) throws ErrnoException {
    LibC.attachFilter(
        fd,
        new int[][] {
          {LD_BYTE, 0, 0, FLAGS_OFFSET},
          {AND, 0, 0, SYN},
          {JEQ, 0, 1, SYN},
          {RET, 0, 0, 0},
          {RET, 0, 0, ALL}
        });
  }

  /** Drops everything: nobody can connect. */
  static void dropAll(int fd) throws ErrnoException {
    LibC.attachFilter(fd, new int[][] {{RET, 0, 0, 0}});
  }

  static void remove(int fd) throws ErrnoException {
    try {
      LibC.setsockopt(fd, LibC.SOL_SOCKET, SO_DETACH_FILTER, 0);
    } catch (ErrnoException e) {
      if (e.errno() != Errno.ENOENT) {
        throw e;
      }
      // there was none
    }
  }
}
