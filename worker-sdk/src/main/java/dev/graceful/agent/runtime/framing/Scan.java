package dev.graceful.agent.runtime.framing;

/**
 * Finds where text ends, eight bytes at a time.
 *
 * <p>The tests on words (subtract, then look at the high bits) can mark bytes above a true hit, for
 * the borrow runs upwards, but never below one: so the lowest mark is always right.
 */
final class Scan {
  private static final long ONES = 0x0101010101010101L;
  private static final long HIGHS = 0x8080808080808080L;
  private static final long DELS = 0x7f * ONES;

  private Scan() {}

  /** The first byte in [at, end) that a field value cannot hold (RFC 9110, 5.5), or {@code end}. */
  static long endOfText(Bytes bytes, long at, long end) {
    while (end - at >= 8) {
      long word = bytes.getLong(at);
      long del = word ^ DELS;
      long hits = (((word - 0x20 * ONES) & ~word) | ((del - ONES) & ~del)) & HIGHS;
      if (hits == 0) {
        at += 8;
        continue;
      }
      at += Long.numberOfTrailingZeros(hits) >>> 3;
      if (bytes.get(at) != '\t') {
        return at;
      }
      at++;
    }
    while (at < end && isText(bytes.get(at))) {
      at++;
    }
    return at;
  }

  /** Whether a field value may hold this byte: tab, space, visible, or above ASCII. */
  static boolean isText(byte b) {
    return b >= 0x20 ? b != 0x7f : b < 0 || b == '\t';
  }

  /** How many of eight bytes, from the first on, are letters or hyphens. */
  static int letters(long word) {
    long lower = word | (0x20 * ONES);
    long letter = (lower + 0x1f * ONES) & ~(lower + 5 * ONES);
    long hyphen = word ^ ('-' * ONES);
    hyphen = ~(((hyphen & DELS) + DELS) | hyphen);
    return Long.numberOfTrailingZeros((~(letter | hyphen) | word) & HIGHS) >>> 3;
  }

  /** Whether the three lowest bytes are digits. */
  static boolean isDigits(int word) {
    // adding six to the low half of a byte carries into its high half unless it is 0 to 9
    return (word & 0xf0f0f0) == 0x303030 && ((word + 0x060606) & 0xf0f0f0) == 0x303030;
  }

  /** Whether eight bytes are all text, no tab and neither C nor c among them. */
  static boolean isTextWithoutC(long word) {
    long del = word ^ DELS;
    long c = (word | 0x20 * ONES) ^ ('c' * ONES);
    return ((((word - 0x20 * ONES) & ~word) | ((del - ONES) & ~del) | ((c - ONES) & ~c)) & HIGHS)
        == 0;
  }

  /** The first byte in [at, end) that is not visible ASCII, or {@code end}. */
  static long endOfVisible(Bytes bytes, long at, long end) {
    while (end - at >= 8) {
      long word = bytes.getLong(at);
      long hits = (((word - 0x21 * ONES) & ~word) | (word + ONES) | word) & HIGHS;
      if (hits != 0) {
        return at + (Long.numberOfTrailingZeros(hits) >>> 3);
      }
      at += 8;
    }
    while (at < end && bytes.get(at) > 0x20 && bytes.get(at) != 0x7f) {
      at++;
    }
    return at;
  }
}
