package dev.graceful.agent.runtime.framing;

/**
 * What the fields of one head say about framing and about the connection. Of a value that matters
 * only how far it matched is remembered.
 */
final class HeadFields {
  /** Not a position: the connection must stay, for {@link #surprise}. */
  static final long ODD = -1;

  private static final int MOST_DIGITS = 18;
  private static final String CHUNKED = "chunked";
  private static final String CONTINUE = "100-continue";
  private static final String CLOSE = "close";

  // " keep-al" and "p-alive\r", little-endian, and where they have letters
  private static final long KEEP = 0x6c612d7065656b20L;
  private static final long KEEP_CASES = 0x2020002020202000L;
  private static final long ALIVE = 0x0d6576696c612d70L;
  private static final long ALIVE_CASES = 0x0020202020200020L;

  /** The Content-Length, in bytes; -1 without one. */
  long length;

  boolean chunked;

  /** The request expects a 100. */
  boolean expect;

  private String surprise = "";
  private int kind;
  private int progress;

  /** As {@link #progress}, of a second word that is searched for at the same time. */
  private int second;

  void reset() {
    length = -1;
    chunked = false;
    expect = false;
  }

  /** As if {@code known} had been read. */
  void become(KnownHead known) {
    length = known.contentLength();
    chunked = known.chunked();
    expect = known.expect();
  }

  String surprise() {
    return surprise;
  }

  private boolean odd(String why) {
    surprise = why;
    return false;
  }

  /** A field of this kind ({@link FieldName}) has its colon; false if that is a surprise. */
  boolean begin(int fieldKind) {
    kind = fieldKind;
    progress = 0;
    second = 0;
    boolean lengthKnown = length >= 0 || chunked;
    switch (kind) {
      case FieldName.CONTENT_LENGTH -> {
        length = lengthKnown ? length : 0;
        return !lengthKnown || odd("more than one length");
      }
      case FieldName.TRANSFER_ENCODING -> {
        chunked = true;
        return !lengthKnown || odd("more than one length");
      }
      case FieldName.EXPECT -> {
        boolean again = expect;
        expect = true;
        return !again || odd("odd Expect");
      }
      default -> {
        return true;
      }
    }
  }

  /**
   * Takes bytes of the value from [at, end). Returns where it ends, where the rest does not matter,
   * {@code end}, or {@link #ODD}.
   */
  long value(Bytes bytes, long at, long end) {
    return switch (kind) {
      case FieldName.CONTENT_LENGTH -> digits(bytes, at, end);
      case FieldName.TRANSFER_ENCODING -> exactly(CHUNKED, "odd Transfer-Encoding", bytes, at, end);
      case FieldName.EXPECT -> exactly(CONTINUE, "odd Expect", bytes, at, end);
      case FieldName.CREDENTIALS -> scheme(bytes, at, end);
      case FieldName.CHALLENGE -> challenge(bytes, at, end);
      default -> options(bytes, at, end);
    };
  }

  /** The value has ended; false if that is a surprise. */
  boolean end() {
    return switch (kind) {
      case FieldName.CONTENT_LENGTH -> progress > 0 || odd("odd Content-Length");
      case FieldName.TRANSFER_ENCODING ->
          progress == CHUNKED.length() || odd("odd Transfer-Encoding");
      case FieldName.EXPECT -> progress == CONTINUE.length() || odd("odd Expect");
      default -> true;
    };
  }

  private long digits(Bytes bytes, long at, long end) {
    long value = length;
    int count = progress;
    for (; at < end; at++) {
      byte b = bytes.get(at);
      if (b >= '0' && b <= '9' && count < MOST_DIGITS && (value > 0 || count == 0)) {
        value = value * 10 + b - '0';
        count++;
      } else if (b == '\r') {
        break;
      } else if (b != ' ' || count > 0) {
        surprise = "odd Content-Length";
        return ODD;
      }
    }
    length = value;
    progress = count;
    return at;
  }

  /** Spaces, then this word and nothing else. */
  private long exactly(String word, String otherwise, Bytes bytes, long at, long end) {
    for (; at < end; at++) {
      byte b = bytes.get(at);
      if (progress < word.length() && lower(b) == word.charAt(progress)) {
        progress++;
      } else if (b == '\r') {
        break;
      } else if (b != ' ' || progress > 0) {
        surprise = otherwise;
        return ODD;
      }
    }
    return at;
  }

  /** NTLM and Negotiate; no other scheme in use begins with an N. */
  private long scheme(Bytes bytes, long at, long end) {
    while (progress == 0 && at < end) {
      byte b = bytes.get(at);
      if (b == ' ' || b == '\t') {
        at++;
      } else if (lower(b) == 'n') {
        surprise = "authentication of the connection";
        return ODD;
      } else {
        progress = 1;
      }
    }
    return at;
  }

  private long challenge(Bytes bytes, long at, long end) {
    for (; at < end && Scan.isText(bytes.get(at)); at++) {
      progress = search(bytes.get(at), "ntlm", progress);
      second = search(bytes.get(at), "nego", second);
      if (progress == 4 || second == 4) {
        surprise = "authentication of the connection";
        return ODD;
      }
    }
    return at;
  }

  private long options(Bytes bytes, long at, long end) {
    if (progress == 0
        && end - at >= 12
        && (bytes.getLong(at) | KEEP_CASES) == KEEP
        && (bytes.getLong(at + 4) | ALIVE_CASES) == ALIVE) {
      return at + 11;
    }
    while (at < end) {
      if (progress == 0 && end - at >= 8 && Scan.isTextWithoutC(bytes.getLong(at))) {
        at += 8;
        continue;
      }
      byte b = bytes.get(at);
      if (!Scan.isText(b)) {
        return at;
      }
      progress = search(b, CLOSE, progress);
      if (progress == CLOSE.length()) {
        surprise = "Connection: close";
        return ODD;
      }
      at++;
    }
    return at;
  }

  /**
   * How much of the word has been found after one more byte; its first letter occurs once in it.
   */
  private static int search(byte b, String word, int found) {
    int c = lower(b);
    if (c == word.charAt(found)) {
      return found + 1;
    }
    return c == word.charAt(0) ? 1 : 0;
  }

  private static int lower(byte b) {
    return b >= 'A' && b <= 'Z' ? b | 0x20 : b;
  }
}
