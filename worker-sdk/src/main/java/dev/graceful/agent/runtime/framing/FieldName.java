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
    add("www-authenticate", CHALLENGE);
    add("proxy-authenticate", CHALLENGE);
  }

  private FieldName() {}

  private static void add(String name, int kind) {
    int node = START;
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
    }
    KIND[node] = (byte) kind;
  }

  /** The node after one more byte, or {@link #NONE}. */
  static int next(int node, byte b) {
    int c = CLASS[b & 0xff];
    return c == 0 ? NONE : NEXT[node * CLASSES + c];
  }

  /** Whether a name may hold this byte. */
  static boolean holds(byte b) {
    return CLASS[b & 0xff] != 0;
  }

  /** What the name that ends at this node means. */
  static int kind(int node) {
    return KIND[node];
  }
}
