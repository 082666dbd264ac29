package dev.graceful.release;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.zip.CRC32;
import java.util.zip.CRC32C;
import java.util.zip.Checksum;

/**
 * A sum that names a content: half of it CRC-32C, half CRC-32. Two contents may have the same sum,
 * so whoever finds one that is there already compares the contents. Not SHA-256: without the JVM's
 * second compiler, which the supervisor does without, that takes 20 ms for a megabyte, and an
 * operator waits for it; for these two, and for comparing, there are instructions.
 */
final class ContentSum {
  private static final int BITS = 48;
  private static final long MASK = (1L << BITS) - 1;

  private final Checksum first = new CRC32C();
  private final Checksum second = new CRC32();

  /** Takes what remains of the buffer, and leaves the buffer as it was. */
  void update(ByteBuffer bytes) {
    first.update(bytes.duplicate());
    second.update(bytes.duplicate());
  }

  void update(String text) {
    update(ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8)));
  }

  /** Of what was taken so far; 48 bits. */
  long value() {
    return (first.getValue() << 24 ^ second.getValue()) & MASK;
  }

  /** That many values further on, as a name: 12 hexadecimal digits. */
  static String name(long value, int further) {
    return String.format("%012x", value + further & MASK);
  }
}
