package dev.graceful.posix;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/**
 * The TCP sockets of a network namespace: one pass over the bytes of /proc/PID/net/tcp and tcp6
 * (proc(5), and tcp_ipv4.c of Linux for the columns). Rows are not allocated: a visitor sees the
 * same object again and again.
 */
public final class TcpTable {
  public static final int ESTABLISHED = 1;
  public static final int SYN_RECV = 3;
  public static final int TIME_WAIT = 6;
  public static final int CLOSE = 7;
  public static final int LISTEN = 10;

  /** Takes the rows, one by one. */
  public interface Visitor {
    void visit(Row row);
  }

  /** A socket; valid during the visit only. */
  public static final class Row {
    private final byte[] local = new byte[16];
    private int localLength;
    private int localPort;
    private int state;
    private long receiveQueue;
    private long inode;

    public int localPort() {
      return localPort;
    }

    /** As the enum of tcp_states.h numbers it. */
    public int state() {
      return state;
    }

    /** Bytes not read yet; for a listener, connections that wait to be accepted. */
    public long receiveQueue() {
      return receiveQueue;
    }

    /** 0 where no descriptor belongs to the socket (any more, or yet). */
    public long inode() {
      return inode;
    }

    /** The local address; one that is IPv4 in IPv6 comes as IPv4. */
    public InetSocketAddress localAddress() {
      byte[] address = new byte[localLength];
      // printed as 32-bit numbers of the machine, which is little-endian on both that we run on
      for (int i = 0; i < localLength; i++) {
        address[i] = local[(i & ~3) | (3 - (i & 3))];
      }
      try {
        return new InetSocketAddress(InetAddress.getByAddress(address), localPort);
      } catch (UnknownHostException e) {
        throw new IllegalStateException(e);
      }
    }
  }

  private final Visitor visitor;
  private final Row row = new Row();
  private int field;
  private int colons;
  private int digits;
  private long number;
  private boolean heading = true;
  private boolean inField;

  private TcpTable(Visitor visitor) {
    this.visitor = visitor;
  }

  /**
   * Visits all TCP sockets of the network namespace of a process.
   *
   * @throws IOException if there is no such process
   */
  public static void visit(long pid, Visitor visitor) throws IOException {
    Path net = Path.of("/proc", "" + pid, "net");
    ByteBuffer buffer = ByteBuffer.allocateDirect(64 * 1024);
    read(net.resolve("tcp"), buffer, visitor);
    try {
      read(net.resolve("tcp6"), buffer, visitor);
    } catch (NoSuchFileException e) {
      // a kernel without IPv6
    }
  }

  private static void read(Path path, ByteBuffer buffer, Visitor visitor) throws IOException {
    TcpTable table = new TcpTable(visitor);
    try (FileChannel channel = FileChannel.open(path)) {
      while (channel.read(buffer.clear()) > 0) {
        buffer.flip();
        while (buffer.hasRemaining()) {
          table.accept(buffer.get());
        }
      }
    }
  }

  static void parse(byte[] bytes, Visitor visitor) {
    TcpTable table = new TcpTable(visitor);
    for (byte one : bytes) {
      table.accept(one);
    }
  }

  /**
   * The fields of a line: 0 number, 1 local, 2 remote, 3 state, 4 queues, 5 timer, ..., 9 inode.
   */
  private void accept(byte one) {
    if (one == '\n') {
      endField();
      if (!heading && field > 9) {
        visitor.visit(row);
      }
      heading = false;
      field = 0;
    } else if (one == ' ') {
      endField();
    } else if (!heading) {
      if (!inField) {
        inField = true;
        colons = 0;
        digits = 0;
        number = 0;
      }
      if (one == ':') {
        endPart();
        colons++;
        digits = 0;
        number = 0;
      } else {
        digit(one);
      }
    }
  }

  private void digit(byte one) {
    if (field == 9) {
      number = number * 10 + (one - '0');
      return;
    }
    int value = one <= '9' ? one - '0' : (one & ~0x20) - 'A' + 10;
    number = number << 4 | value;
    digits++;
    if (field == 1 && colons == 0 && (digits & 1) == 0 && digits <= 32) {
      row.local[digits / 2 - 1] = (byte) number;
    }
  }

  /** The part of a field before a colon has ended. */
  private void endPart() {
    if (field == 1 && colons == 0) {
      row.localLength = digits == 32 ? 16 : 4;
    }
  }

  private void endField() {
    if (!inField) {
      return;
    }
    inField = false;
    switch (field) {
      case 1 -> row.localPort = (int) number;
      case 3 -> row.state = (int) number;
      case 4 -> row.receiveQueue = number;
      case 9 -> row.inode = number;
      default -> {}
    }
    field++;
  }
}
