package dev.graceful.wire;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;

/**
 * Messages as bytes. A frame is {@code length (4) version (1) kind (1) fields}, big endian; the
 * length counts what follows it. A reader takes the fields that it knows and ignores what follows
 * them, so that a later version may add fields at the end.
 */
public final class Codec {
  /** The version that this code speaks. */
  public static final int VERSION = 1;

  /** Bytes of the length field. */
  public static final int HEADER = 4;

  /** The longest frame that is taken, without its length field, in bytes. */
  public static final int MAX_FRAME = 16 * 1024;

  /** The most descriptors on one frame: the core allows a worker as many listeners. */
  public static final int MAX_DESCRIPTORS = 1000;

  private static final int MAX_LIST = MAX_DESCRIPTORS;

  private Codec() {}

  /** The whole frame of {@code message}. */
  public static byte[] encode(Message message) {
    try {
      ByteArrayOutputStream bytes = new ByteArrayOutputStream(64);
      DataOutputStream out = new DataOutputStream(bytes);
      out.writeInt(0);
      out.writeByte(VERSION);
      write(out, message);
      byte[] frame = bytes.toByteArray();
      int length = frame.length - HEADER;
      if (length > MAX_FRAME) {
        throw new IllegalArgumentException("frame of " + length + " bytes");
      }
      frame[0] = (byte) (length >>> 24);
      frame[1] = (byte) (length >>> 16);
      frame[2] = (byte) (length >>> 8);
      frame[3] = (byte) length;
      return frame;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void write(DataOutputStream out, Message message) throws IOException {
    if (message instanceof Message.Hello m) {
      out.writeByte(1);
      out.writeInt(m.protocol());
      out.writeInt(m.generation());
      out.writeLong(m.pid());
      out.writeUTF(m.javaVersion());
    } else if (message instanceof Message.Welcome m) {
      out.writeByte(2);
      out.writeInt(m.protocol());
      out.writeInt(m.generation());
    } else if (message instanceof Message.Listen m) {
      out.writeByte(3);
      out.writeInt(m.request());
      writeAddress(out, m.address());
      out.writeInt(m.backlog());
    } else if (message instanceof Message.Listener m) {
      out.writeByte(4);
      out.writeInt(m.request());
      out.writeInt(m.listener());
      writeAddress(out, m.address());
      out.writeByte(m.role().ordinal());
    } else if (message instanceof Message.Refused m) {
      out.writeByte(5);
      out.writeInt(m.request());
      out.writeInt(m.errno());
    } else if (message instanceof Message.Unlisten m) {
      out.writeByte(6);
      out.writeInt(m.listener());
    } else if (message instanceof Message.Reseat m) {
      out.writeByte(7);
      out.writeInt(m.sequence());
      out.writeByte(m.role().ordinal());
      writeInts(out, m.listeners());
    } else if (message instanceof Message.Reseated m) {
      out.writeByte(8);
      out.writeInt(m.sequence());
      writeInts(out, m.failed());
    } else if (message instanceof Message.Hold) {
      out.writeByte(9);
    } else if (message instanceof Message.Ready) {
      out.writeByte(10);
    } else if (message instanceof Message.Serving) {
      out.writeByte(11);
    } else if (message instanceof Message.Drain m) {
      out.writeByte(12);
      out.writeLong(m.millis());
    } else if (message instanceof Message.Hooks m) {
      out.writeByte(13);
      out.writeInt(m.mask());
    } else if (message instanceof Message.Hook m) {
      out.writeByte(14);
      out.writeInt(m.id());
      out.writeByte(m.phase().ordinal());
      out.writeByte(m.signal().ordinal());
    } else if (message instanceof Message.HookDone m) {
      out.writeByte(15);
      out.writeInt(m.id());
    } else if (message instanceof Message.Exiting) {
      out.writeByte(16);
    } else if (message instanceof Message.Streams) {
      out.writeByte(17);
    } else if (message instanceof Message.Backlog m) {
      out.writeByte(18);
      out.writeInt(m.listener());
      out.writeInt(m.backlog());
    } else if (message instanceof Message.Pass m) {
      out.writeByte(19);
      writeInts(out, m.listeners());
    } else if (message instanceof Message.Take) {
      out.writeByte(20);
    } else if (message instanceof Message.Seated m) {
      out.writeByte(21);
      out.writeInt(m.listener());
      writeAddress(out, m.address());
      out.writeByte(m.role().ordinal());
      out.writeInt(m.backlog());
    } else if (message instanceof Message.SeatsTold m) {
      out.writeByte(22);
      writeInts(out, m.formerPorts());
    } else if (message instanceof Message.Unknown m) {
      out.writeByte(m.kind());
    } else {
      throw new IllegalArgumentException(message.toString());
    }
  }

  /**
   * The message of a frame.
   *
   * @param body the frame without its length field
   * @throws WireException if the frame is malformed
   */
  public static Message decode(byte[] body) throws WireException {
    if (body.length < 2) {
      throw new WireException("a frame of " + body.length + " bytes is too short");
    }
    DataInputStream in = new DataInputStream(new ByteArrayInputStream(body));
    try {
      int version = in.readUnsignedByte();
      if (version == 0) {
        throw new WireException("version 0 of the wire does not exist");
      }
      return read(in, in.readUnsignedByte());
    } catch (WireException e) {
      throw e;
    } catch (IOException e) {
      throw new WireException("a frame of " + body.length + " bytes ends too early");
    }
  }

  private static Message read(DataInputStream in, int kind) throws IOException {
    return switch (kind) {
      case 1 -> new Message.Hello(in.readInt(), in.readInt(), in.readLong(), in.readUTF());
      case 2 -> new Message.Welcome(in.readInt(), in.readInt());
      case 3 -> new Message.Listen(in.readInt(), readAddress(in), in.readInt());
      case 4 ->
          new Message.Listener(
              in.readInt(), in.readInt(), readAddress(in), readEnum(in, Role.values()));
      case 5 -> new Message.Refused(in.readInt(), in.readInt());
      case 6 -> new Message.Unlisten(in.readInt());
      case 7 -> new Message.Reseat(in.readInt(), readEnum(in, Role.values()), readInts(in));
      case 8 -> new Message.Reseated(in.readInt(), readInts(in));
      case 9 -> new Message.Hold();
      case 10 -> new Message.Ready();
      case 11 -> new Message.Serving();
      case 12 -> new Message.Drain(in.readLong());
      case 13 -> new Message.Hooks(in.readInt());
      case 14 ->
          new Message.Hook(
              in.readInt(), readEnum(in, HookPhase.values()), readEnum(in, HookSignal.values()));
      case 15 -> new Message.HookDone(in.readInt());
      case 16 -> new Message.Exiting();
      case 17 -> new Message.Streams();
      case 18 -> new Message.Backlog(in.readInt(), in.readInt());
      case 19 -> new Message.Pass(readInts(in));
      case 20 -> new Message.Take();
      case 21 ->
          new Message.Seated(
              in.readInt(), readAddress(in), readEnum(in, Role.values()), in.readInt());
      case 22 -> new Message.SeatsTold(readInts(in));
      default -> new Message.Unknown(kind);
    };
  }

  private static void writeAddress(DataOutputStream out, InetSocketAddress address)
      throws IOException {
    byte[] bytes = address.getAddress().getAddress();
    out.writeByte(bytes.length);
    out.write(bytes);
    int scope = address.getAddress() instanceof java.net.Inet6Address six ? six.getScopeId() : 0;
    out.writeInt(scope);
    out.writeShort(address.getPort());
  }

  private static InetSocketAddress readAddress(DataInputStream in) throws IOException {
    int length = in.readUnsignedByte();
    if (length != 4 && length != 16) {
      throw new WireException("an address of " + length + " bytes");
    }
    byte[] bytes = new byte[length];
    in.readFully(bytes);
    int scope = in.readInt();
    InetAddress address =
        length == 16
            ? java.net.Inet6Address.getByAddress(null, bytes, scope > 0 ? scope : -1)
            : InetAddress.getByAddress(bytes);
    return new InetSocketAddress(address, in.readUnsignedShort());
  }

  private static void writeInts(DataOutputStream out, List<Integer> list) throws IOException {
    out.writeShort(list.size());
    for (int i : list) {
      out.writeInt(i);
    }
  }

  private static List<Integer> readInts(DataInputStream in) throws IOException {
    int size = in.readUnsignedShort();
    if (size > MAX_LIST) {
      throw new WireException("a list of " + size);
    }
    List<Integer> list = new ArrayList<>(size);
    for (int i = 0; i < size; i++) {
      list.add(in.readInt());
    }
    return list;
  }

  private static <E> E readEnum(DataInputStream in, E[] values) throws IOException {
    int ordinal = in.readUnsignedByte();
    if (ordinal >= values.length) {
      throw new WireException("no value " + ordinal + " of " + values.getClass().getSimpleName());
    }
    return values[ordinal];
  }
}
