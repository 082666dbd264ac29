package dev.graceful.agent.runtime.framing;

/**
 * The body of one message: of known length, or in chunks. Counts, and looks only at chunks' edges.
 */
final class Body {
  /** Not a position: the chunks are not what they should be. */
  static final long ODD = -1;

  private static final int NONE = 0; // none, or all of it is there
  private static final int PLAIN = 1; // of known length
  private static final int SIZE = 2; // of a chunk
  private static final int SIZE_LF = 3;
  private static final int DATA = 4; // of a chunk
  private static final int DATA_CR = 5;
  private static final int DATA_LF = 6;
  private static final int LAST = 7; // the last chunk is there; trailers follow

  private static final int MOST_DIGITS = 8;

  private int state = NONE;

  /** How many digits of a chunk's size were read. */
  private int digits;

  private boolean untouched;

  /** What is left, in bytes, of the body or chunk; while a chunk's size is read, that size. */
  private long remaining;

  /** A body of known length, in bytes, more than 0. */
  void beginPlain(long length) {
    state = PLAIN;
    remaining = length;
    untouched = true;
  }

  void beginChunked() {
    beginSize();
    untouched = true;
  }

  private void beginSize() {
    state = SIZE;
    remaining = 0;
    digits = 0;
  }

  /** Whether a body is expected and no byte of it is there. */
  boolean untouched() {
    return untouched && state != NONE;
  }

  /** Whether all of it is there. */
  boolean ended() {
    return state == NONE;
  }

  /** Whether all of it is there but the trailers, which follow. */
  boolean endsWithTrailers() {
    return state == LAST;
  }

  /** Takes bytes from [at, end); returns the position after the last it took, or {@link #ODD}. */
  long parse(Bytes bytes, long at, long end) {
    untouched = false;
    while (at < end && state != NONE && state != LAST) {
      switch (state) {
        case PLAIN, DATA -> {
          long part = Math.min(remaining, end - at);
          skip(part);
          at += part;
        }
        case SIZE -> at = size(bytes, at, end);
        case SIZE_LF -> {
          if (bytes.get(at++) != '\n') {
            return ODD;
          }
          state = remaining == 0 ? LAST : DATA;
        }
        case DATA_CR -> {
          if (bytes.get(at++) != '\r') {
            return ODD;
          }
          state = DATA_LF;
        }
        default -> {
          if (bytes.get(at++) != '\n') {
            return ODD;
          }
          beginSize();
        }
      }
      if (at == ODD) {
        return ODD;
      }
    }
    return at;
  }

  private long size(Bytes bytes, long at, long end) {
    for (; at < end; at++) {
      byte b = bytes.get(at);
      int digit = hex(b);
      if (digit >= 0 && digits < MOST_DIGITS) {
        remaining = remaining << 4 | digit;
        digits++;
      } else if (b == '\r' && digits > 0 && remaining <= Integer.MAX_VALUE) {
        state = SIZE_LF;
        return at + 1;
      } else {
        // an extension, too: servers differ about where its line ends
        return ODD;
      }
    }
    return at;
  }

  /** Passes over bytes without looking; false if so many cannot come here. */
  boolean skip(long count) {
    if ((state != PLAIN && state != DATA) || count > remaining) {
      return false;
    }
    remaining -= count;
    if (remaining == 0) {
      state = state == DATA ? DATA_CR : NONE;
    }
    return true;
  }

  private static int hex(byte b) {
    if (b >= '0' && b <= '9') {
      return b - '0';
    }
    int letter = b | 0x20;
    return letter >= 'a' && letter <= 'f' ? letter - 'a' + 10 : -1;
  }
}
