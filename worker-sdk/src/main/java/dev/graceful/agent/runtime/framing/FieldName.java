package dev.graceful.agent.runtime.framing;

import java.util.Locale;

/**
 * Recognises, byte by byte and whatever their case, the names of the fields that decide about a
 * connection. A trie: the only thing to remember between two bytes, or two reads, is one node.
 */
final class FieldName {
  /** What a name means to us. */
  static final int ORDINARY = 0;

  static final int CONTENT_LENGTH = 1;
  static final int TRANSFER_ENCODING = 2;
  static final int CONNECTION = 3;
  static final int EXPECT = 4;
  static final int CREDENTIALS = 5;
  static final int CHALLENGE = 6;

  /** The node of a name that is none of ours, and stays so. */
  static final int OTHER = 0;

  /** The node before a name's first byte. */
  static final int START = 1;

  /** Not a node: the byte cannot be part of a name. */
  static final int NONE = -1;

  private static final int NODES = 128;
  private static final int CLASSES = 32;

  /** Per byte: 0 cannot stand in a name, 1 can, more: a letter of one of our names. */
  private static final byte[] CLASS = new byte[256];

  private static final byte[] NEXT = new byte[NODES * CLASSES];
  private static final byte[] KIND = new byte[NODES];

  /** The first eight letters of our names: as a word, which of its bytes have a case, the node. */
  private static final long[] PREFIX = new long[7];

  private static final long[] CASES = new long[7];
  private static final int[] AFTER = new int[7];

  private static final long SEVEN_BYTES = 0x00ffffffffffffffL;
  private static final long SIX_CASES = 0x0000202020202020L;
  private static final long LENGTH = 0x003a6874676e656cL; // "length:", little-endian

  /** The letters that our names begin with, by their last five bits. */
  private static int initials;

  private static int prefixes;
  private static int nodes = 2;
  private static byte classes = 2;

  static {
    // RFC 9110, 5.6.2: tchar
    String others = "!#$%&'*+-.^_`|~0123456789";
    for (int i = 0; i < others.length(); i++) {
      CLASS[others.charAt(i)] = 1;
    }
    for (char c = 'a'; c <= 'z'; c++) {
      CLASS[c] = 1;
      CLASS[c - 'a' + 'A'] = 1;
    }
    add("content-length", CONTENT_LENGTH);
    add("transfer-encoding", TRANSFER_ENCODING);
    add("connection", CONNECTION);
    add("proxy-connection", CONNECTION);
    add("expect", EXPECT);
    add("authorization", CREDENTIALS);
    add("proxy-authorization", CREDENTIALS);
    add("proxy-authenticate", CHALLENGE);
    add("www-authenticate", CHALLENGE);
  }

  private FieldName() {}

  private static void add(String name, int kind) {
    int node = START;
    long prefix = 0;
    long cases = 0;
    for (int i = 0; i < name.length(); i++) {
      char c = name.charAt(i);
      if (CLASS[c] == 1) {
        CLASS[c] = classes;
        CLASS[String.valueOf(c).toUpperCase(Locale.ROOT).charAt(0)] = classes++;
      }
      int edge = node * CLASSES + CLASS[c];
      if (NEXT[edge] == OTHER) {
        NEXT[edge] = (byte) nodes++;
      }
      node = NEXT[edge];
      if (i < 8) {
        prefix |= (long) c << (8 * i);
        cases |= c == '-' ? 0 : 0x20L << (8 * i);
      }
      if (i == 7 && (prefixes == 0 || PREFIX[prefixes - 1] != prefix)) {
        PREFIX[prefixes] = prefix;
        CASES[prefixes] = cases;
        AFTER[prefixes++] = node;
      }
    }
    KIND[node] = (byte) kind;
    initials |= 1 << name.charAt(0);
  }

  /** The node after one more byte, or {@link #NONE}. */
  static int next(int node, byte b) {
    int c = CLASS[b & 0xff];
    return c == 0 ? NONE : NEXT[node * CLASSES + c];
  }

  /**
   * The node after the first eight bytes of a line: {@link #OTHER} also where they are no name at
   * all; {@link #START} where it takes a closer look, at one byte after the other.
   */
  static int after8(long word) {
    if ((initials >>> word & 1) == 0) {
      return OTHER;
    }
    for (int i = 0; i < PREFIX.length; i++) {
      if ((word | CASES[i]) == PREFIX[i]) {
        return AFTER[i];
      }
    }
    return (word & 0xdf) == 'E' ? START : OTHER;
  }

  /** Whether these eight bytes complete "content-length:", the name most often met of ours. */
  static boolean isLength(int node, long word) {
    return node == AFTER[0] && ((word & SEVEN_BYTES) | SIX_CASES) == LENGTH;
  }

  /** The first byte in [at, end) that a name cannot hold, or {@code end}. */
  static long end(Bytes bytes, long at, long end) {
    while (end - at >= 8) {
      int letters = Scan.letters(bytes.getLong(at));
      at += letters;
      if (letters < 8) {
        if (CLASS[bytes.get(at) & 0xff] == 0) {
          return at;
        }
        at++;
      }
    }
    while (at < end && CLASS[bytes.get(at) & 0xff] != 0) {
      at++;
    }
    return at;
  }

  /** What the name that ends at this node means. */
  static int kind(int node) {
    return KIND[node];
  }
}
