package dev.graceful.agent.runtime.framing;

import org.jspecify.annotations.Nullable;

/**
 * What the fields of one head say about framing and about the connection. Values that matter are
 * read byte by byte; of each only how far it matched is remembered.
 *
 * <p>Methods return null, or why the connection must stay.
 */
final class HeadFields {
  private static final int MOST_DIGITS = 18;
  private static final String CHUNKED = "chunked";
  private static final String CONTINUE = "100-continue";
  private static final String CLOSE = "close";

  /** The Content-Length, in bytes; -1 without one. */
  long length;

  boolean chunked;

  /** The request expects a 100. */
  boolean expect;

  private int kind;
  private int progress;

  /** As {@link #progress}, of a second word that is searched for at the same time. */
  private int second;

  void reset() {
    length = -1;
    chunked = false;
    expect = false;
  }

  /** A field of this kind ({@link FieldName}) has its colon. */
  @Nullable String begin(int fieldKind) {
    kind = fieldKind;
    progress = 0;
    second = 0;
    if (kind == FieldName.CONTENT_LENGTH) {
      if (length >= 0 || chunked) {
        return "more than one length";
      }
      length = 0;
    } else if (kind == FieldName.TRANSFER_ENCODING) {
      if (length >= 0 || chunked) {
        return "more than one length";
      }
      chunked = true;
    } else if (kind == FieldName.EXPECT) {
      if (expect) {
        return "odd Expect";
      }
      expect = true;
    }
    return null;
  }

  /** One byte of the value. */
  @Nullable String accept(byte b) {
    return switch (kind) {
      case FieldName.CONTENT_LENGTH -> digit(b);
      case FieldName.TRANSFER_ENCODING -> exactly(b, CHUNKED) ? null : "odd Transfer-Encoding";
      case FieldName.EXPECT -> exactly(b, CONTINUE) ? null : "odd Expect";
      case FieldName.CREDENTIALS -> scheme(b);
      case FieldName.CHALLENGE -> challenge(b);
      default -> option(b);
    };
  }

  /** The value has ended. */
  @Nullable String end() {
    return switch (kind) {
      case FieldName.CONTENT_LENGTH -> progress > 0 ? null : "odd Content-Length";
      case FieldName.TRANSFER_ENCODING ->
          progress == CHUNKED.length() ? null : "odd Transfer-Encoding";
      case FieldName.EXPECT -> progress == CONTINUE.length() ? null : "odd Expect";
      default -> null;
    };
  }

  private @Nullable String digit(byte b) {
    if (b == ' ' && progress == 0) {
      return null;
    }
    boolean leadingZero = progress > 0 && length == 0;
    if (b < '0' || b > '9' || leadingZero || progress == MOST_DIGITS) {
      return "odd Content-Length";
    }
    length = length * 10 + b - '0';
    progress++;
    return null;
  }

  /** Spaces, then this word and nothing else. */
  private boolean exactly(byte b, String word) {
    if (b == ' ' && progress == 0) {
      return true;
    }
    return progress < word.length() && lower(b) == word.charAt(progress++);
  }

  /** NTLM and Negotiate; no other scheme in use begins with an N. */
  private @Nullable String scheme(byte b) {
    if (progress == 0 && b != ' ' && b != '\t') {
      progress = 1;
      return lower(b) == 'n' ? "authentication of the connection" : null;
    }
    return null;
  }

  private @Nullable String challenge(byte b) {
    progress = search(b, "ntlm", progress);
    second = search(b, "nego", second);
    return progress == 4 || second == 4 ? "authentication of the connection" : null;
  }

  private @Nullable String option(byte b) {
    progress = search(b, CLOSE, progress);
    return progress == CLOSE.length() ? "Connection: close" : null;
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
