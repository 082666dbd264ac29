package dev.graceful.agent.runtime.weave;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.File;
import java.io.FileOutputStream;
import java.io.IOException;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.zip.CRC32;
import org.jspecify.annotations.Nullable;

/**
 * Class files that were made at an earlier start of the same JVM under the same program, so that
 * this start need not make them again: ASM, cold, takes longer than many an application. A changed
 * class of the JDK is used only for the very bytes that it was made from.
 *
 * <p>The file: {@link #MAGIC}, the CRC-32 of the rest, and the rest: how many classes of the JDK;
 * of each its internal name, length and CRC-32 of the original, and what became of it; then how
 * many classes of our own were made, with name and bytes; then how many others of our own there
 * are, likewise, for the class loader. Thread-safe once {@link #read} or filled.
 */
public final class Kept {
  /** The agent knows it too. */
  static final long MAGIC = 0x67726163_77763031L;

  private record Changed(int length, int crc, byte[] bytes) {}

  private final Map<String, Changed> changed = new HashMap<>();
  private final Map<String, byte[]> made = new HashMap<>();
  private final boolean complete;

  private Kept(boolean complete) {
    this.complete = complete;
  }

  /** One that remembers what is made from now on. */
  public static Kept empty() {
    return new Kept(false);
  }

  /**
   * What an earlier start has written; the agent has checked magic and sum.
   *
   * @throws IOException if it was written by another program all the same
   */
  public static Kept read(byte[] file) throws IOException {
    Kept kept = new Kept(true);
    DataInputStream in = new DataInputStream(new ByteArrayInputStream(file));
    in.readLong();
    in.readInt();
    for (int left = in.readInt(); left > 0; left--) {
      String name = in.readUTF();
      kept.changed.put(name, new Changed(in.readInt(), in.readInt(), bytes(in)));
    }
    for (int left = in.readInt(); left > 0; left--) {
      kept.made.put(in.readUTF(), bytes(in));
    }
    return kept;
  }

  private static byte[] bytes(DataInputStream in) throws IOException {
    byte[] bytes = new byte[in.readInt()];
    in.readFully(bytes);
    return bytes;
  }

  /** Whether it came from a file, so that nothing more is to be learnt. */
  public boolean complete() {
    return complete;
  }

  /** A class of our own, if it was made before. */
  synchronized byte @Nullable [] made(String name) {
    return made.get(name);
  }

  synchronized byte[] made(String name, byte[] bytes) {
    made.put(name, bytes);
    return bytes;
  }

  /** What became of that class of the JDK, if it was these bytes. */
  synchronized byte @Nullable [] changed(String name, byte[] original) {
    Changed known = changed.get(name);
    return known != null && known.length == original.length && known.crc == crc(original, 0)
        ? known.bytes
        : null;
  }

  synchronized void changed(String name, byte[] original, byte[] bytes) {
    changed.put(name, new Changed(original.length, crc(original, 0), bytes));
  }

  /** The classes of the JDK that change, by internal name. */
  synchronized Set<String> names() {
    return Set.copyOf(changed.keySet());
  }

  /** Nothing of this is to be used again. */
  synchronized void forget() {
    changed.clear();
  }

  /**
   * Writes it for later starts: aside, then renamed. Does nothing where that cannot be done.
   *
   * @param classes of the runtime's jars, by name with dots
   */
  public synchronized void write(File file, Map<String, byte[]> classes) {
    if (complete || changed.isEmpty()) {
      return;
    }
    File aside = new File(file.getPath() + "." + ProcessHandle.current().pid());
    try {
      byte[] bytes = bytes(classes);
      try (FileOutputStream out = new FileOutputStream(aside)) {
        out.write(bytes);
      }
      if (aside.renameTo(file)) {
        return;
      }
    } catch (IOException e) {
      // a full disk, or a folder that is not ours: the next start makes them again
    }
    boolean gone = aside.delete();
    assert gone || !aside.exists();
  }

  private byte[] bytes(Map<String, byte[]> classes) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream(1 << 17);
    DataOutputStream out = new DataOutputStream(bytes);
    out.writeLong(MAGIC);
    out.writeInt(0);
    out.writeInt(changed.size());
    for (Map.Entry<String, Changed> entry : changed.entrySet()) {
      out.writeUTF(entry.getKey());
      out.writeInt(entry.getValue().length);
      out.writeInt(entry.getValue().crc);
      write(out, entry.getValue().bytes);
    }
    out.writeInt(made.size());
    for (Map.Entry<String, byte[]> entry : made.entrySet()) {
      out.writeUTF(entry.getKey());
      write(out, entry.getValue());
    }
    out.writeInt(classes.size());
    for (Map.Entry<String, byte[]> entry : classes.entrySet()) {
      out.writeUTF(entry.getKey());
      write(out, entry.getValue());
    }
    byte[] file = bytes.toByteArray();
    int crc = crc(file, 12);
    for (int i = 0; i < 4; i++) {
      file[8 + i] = (byte) (crc >>> (24 - 8 * i));
    }
    return file;
  }

  private static void write(DataOutputStream out, byte[] bytes) throws IOException {
    out.writeInt(bytes.length);
    out.write(bytes);
  }

  private static int crc(byte[] bytes, int from) {
    CRC32 crc = new CRC32();
    crc.update(bytes, from, bytes.length - from);
    return (int) crc.getValue();
  }
}
