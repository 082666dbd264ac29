package dev.graceful.agent.runtime.framing;

import org.jspecify.annotations.Nullable;

/**
 * A head that has been read, and what it said. Whoever meets the same bytes again need not read
 * them: the result is the same, because nothing but these bytes decides about it. Clients and
 * servers send the same head again and again, or the same fields behind another start line.
 */
final class KnownHead {
  /** Longer ones, in bytes, are not kept: each connection has two at most. */
  private static final int MOST = 1024;

  private final long[] line;
  private final long[] fields;
  private final int lineLength;
  private final int length;
  private final long meaning;
  private final long contentLength;
  private final boolean chunked;
  private final boolean expect;

  private KnownHead(
      Bytes bytes, long at, long fieldsAt, long end, long meaning, HeadFields result) {
    line = words(bytes, at, fieldsAt);
    fields = words(bytes, fieldsAt, end);
    lineLength = (int) (fieldsAt - at);
    length = (int) (end - at);
    this.meaning = meaning;
    contentLength = result.length;
    chunked = result.chunked;
    expect = result.expect;
  }

  /**
   * The head at [at, end).
   *
   * @param fieldsAt where its fields begin, behind the start line
   * @param meaning what the start line said
   * @param result what the fields said
   * @return null if this one is not to be kept
   */
  static @Nullable KnownHead of(
      Bytes bytes, long at, long fieldsAt, long end, long meaning, HeadFields result) {
    boolean fits = fieldsAt - at >= Long.BYTES && end - fieldsAt >= Long.BYTES && end - at <= MOST;
    return fits ? new KnownHead(bytes, at, fieldsAt, end, meaning, result) : null;
  }

  /** The bytes of [at, end), at least eight; the last word holds its last eight bytes. */
  private static long[] words(Bytes bytes, long at, long end) {
    long[] words = new long[(int) ((end - at + Long.BYTES - 1) / Long.BYTES)];
    for (int i = 0; i < words.length; i++) {
      words[i] = bytes.getLong(Math.min(at + (long) i * Long.BYTES, end - Long.BYTES));
    }
    return words;
  }

  private static boolean same(long[] words, Bytes bytes, long at, long end) {
    int last = words.length - 1;
    if (bytes.getLong(end - Long.BYTES) != words[last]) {
      return false;
    }
    int i = 0;
    for (; i < last - 3; i += 4) {
      long next = at + (long) i * Long.BYTES;
      long differs =
          (bytes.getLong(next) ^ words[i])
              | (bytes.getLong(next + 8) ^ words[i + 1])
              | (bytes.getLong(next + 16) ^ words[i + 2])
              | (bytes.getLong(next + 24) ^ words[i + 3]);
      if (differs != 0) {
        return false;
      }
    }
    for (; i < last; i++) {
      if (bytes.getLong(at + (long) i * Long.BYTES) != words[i]) {
        return false;
      }
    }
    return true;
  }

  /** Whether [at, end) starts with this head. */
  boolean startsAt(Bytes bytes, long at, long end) {
    if (end - at < length) {
      return false;
    }
    long fieldsAt = at + lineLength;
    return same(line, bytes, at, fieldsAt) && same(fields, bytes, fieldsAt, at + length);
  }

  /** Whether [at, end), behind a start line, starts with the fields of this head. */
  boolean fieldsStartAt(Bytes bytes, long at, long end) {
    int count = length - lineLength;
    return end - at >= count && same(fields, bytes, at, at + count);
  }

  /** In bytes. */
  int length() {
    return length;
  }

  /** Of the fields, in bytes. */
  int fieldsLength() {
    return length - lineLength;
  }

  /** What the start line said. */
  long meaning() {
    return meaning;
  }

  /** The Content-Length; -1 without one. */
  long contentLength() {
    return contentLength;
  }

  boolean chunked() {
    return chunked;
  }

  boolean expect() {
    return expect;
  }
}
