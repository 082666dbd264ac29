package dev.graceful.agent.runtime.framing;

import org.jspecify.annotations.Nullable;

/**
 * One direction of a connection: an automaton that is fed with whatever a read or write happened to
 * carry, and remembers a few numbers and no bytes. One pass over heads; bodies are skipped.
 */
abstract sealed class MessageFraming permits RequestFraming, ResponseFraming {
  /** A position beyond every end: nothing more is parsed. */
  static final long STOP = Long.MAX_VALUE;

  /** "HTTP/1.1" in a little-endian word. */
  static final long HTTP_1_1 = 0x312e312f50545448L;

  static final int BETWEEN = 0;
  static final int FIRST = 1; // of a start line, three parts at most
  static final int SECOND = 2;
  static final int THIRD = 3;
  static final int FIELDS = 4; // behind the start line
  static final int FIELD = 5; // at the beginning of a field line, or of the empty line
  static final int NAME = 6;
  static final int VALUE = 7; // of a field that does not matter
  static final int MATTERS = 8; // the value of a field that does
  static final int LINE_LF = 9;
  static final int HEAD_LF = 10; // of the empty line that ends a head, or trailers
  static final int BODY = 11;

  private static final int LONGEST_HEAD = 64 * 1024;

  int state = BETWEEN;

  /** How far we are in what the state is about; 0 when that begins. */
  int progress;

  final HeadFields fields = new HeadFields();
  final Body body = new Body();

  /** An earlier head, to know it again. */
  private @Nullable KnownHead known;

  /** How many heads in turn had other fields. */
  private int unknown;

  /** Where this head and its fields began, if that was in what is parsed now; else -1. */
  private long headAt = -1;

  private long fieldsAt = -1;

  private boolean trailers;

  private int headLength;

  /** A node of {@link FieldName}. */
  private int name;

  /** The connection stays. Returns {@link #STOP}, as a position to go on from. */
  abstract long pin(String why);

  /** A message's first byte is there; false if it should not be. */
  abstract boolean begin();

  /** Goes on with the start line, in {@link #FIRST} to {@link #THIRD}; returns where it stopped. */
  abstract long startLine(Bytes bytes, long at, long end);

  /** A whole message that begins at {@code at} has this head; as {@link #headComplete}. */
  abstract long again(KnownHead head, long at, long end);

  /** What the start line said, as {@link KnownHead#meaning} keeps it. */
  abstract long meaning();

  /** The head is complete: {@link #bodyFollows}, {@link #complete}, {@link #interim} or pins. */
  abstract long headComplete(long at);

  /** The message is complete. */
  abstract void messageComplete();

  final boolean between() {
    return state == BETWEEN;
  }

  final void parse(Bytes bytes, long at, long end) {
    headAt = -1;
    fieldsAt = -1;
    while (at < end) {
      int was = state;
      KnownHead before = known;
      if (was == BETWEEN && before != null && before.startsAt(bytes, at, end)) {
        unknown = 0;
        at = again(before, at, end);
        continue;
      }
      if (was == BODY) {
        at = body(bytes, at, end);
        continue;
      }
      long from = at;
      at = head(was, bytes, at, end);
      if (at == STOP) {
        return;
      }
      headLength += (int) (at - from);
      if (headLength > LONGEST_HEAD) {
        pin("a head of more than 64 KiB");
        return;
      }
    }
  }

  private long head(int was, Bytes bytes, long at, long end) {
    return switch (was) {
      case BETWEEN -> {
        fields.reset();
        trailers = false;
        headLength = 0;
        progress = 0;
        headAt = at;
        state = FIRST;
        yield begin() ? startLine(bytes, at, end) : STOP;
      }
      case FIELDS -> fields(bytes, at, end);
      case FIELD -> lines(bytes, at, end);
      case NAME -> name(bytes, at, end, name);
      case VALUE -> text(bytes, at, end);
      case MATTERS -> value(bytes, at, end);
      case LINE_LF -> lineEnd(bytes, at, end);
      case HEAD_LF -> headEnd(bytes, at, end);
      default -> startLine(bytes, at, end);
    };
  }

  /** All fields. */
  private long fields(Bytes bytes, long at, long end) {
    state = FIELD;
    KnownHead before = known;
    if (before != null && before.fieldsStartAt(bytes, at, end)) {
      unknown = 0;
      fields.become(before);
      return headComplete(at + before.fieldsLength());
    }
    fieldsAt = at;
    return lines(bytes, at, end);
  }

  /** Keeps the fields that end here, but not a connection's first, and seldom if all differ. */
  private void learn(Bytes bytes, long end) {
    unknown++;
    if (unknown > 1 && Integer.bitCount(unknown) == 1) {
      known = KnownHead.of(bytes, headAt, fieldsAt, end, meaning(), fields);
    }
  }

  /** Field lines, as many as are all there; one that is not is left to the other states. */
  private long lines(Bytes bytes, long at, long end) {
    while (end - at >= 8) {
      long word = bytes.getLong(at);
      int node = (byte) word == '\r' ? FieldName.START : FieldName.after8(word);
      if (node != FieldName.OTHER && (node == FieldName.START || !ordinary(node, bytes, at, end))) {
        return node == FieldName.START ? line(bytes, at, end) : name(bytes, at + 8, end, node);
      }
      long colon = FieldName.end(bytes, at, end);
      if (colon == at || colon == end || bytes.get(colon) != ':') {
        return name(bytes, colon, end, colon == at ? FieldName.START : FieldName.OTHER);
      }
      long stop = Scan.endOfText(bytes, colon + 1, end);
      if (end - stop < 2 || bytes.get(stop) != '\r' || bytes.get(stop + 1) != '\n') {
        state = VALUE;
        return text(bytes, stop, end);
      }
      at = stop + 2;
    }
    return at < end ? line(bytes, at, end) : at;
  }

  /** Whether the ninth byte tells that a name is none of ours after all. */
  private static boolean ordinary(int node, Bytes bytes, long at, long end) {
    return end - at > 8 && FieldName.next(node, bytes.get(at + 8)) == FieldName.OTHER;
  }

  private long line(Bytes bytes, long at, long end) {
    if (bytes.get(at) == '\r') {
      state = HEAD_LF;
      return headEnd(bytes, at + 1, end);
    }
    return name(bytes, at, end, FieldName.START);
  }

  private long name(Bytes bytes, long at, long end, int node) {
    if (end - at >= 8 && FieldName.isLength(node, bytes.getLong(at))) {
      return matters(bytes, at + 7, end, FieldName.CONTENT_LENGTH);
    }
    while (node != FieldName.OTHER && at < end) {
      int next = FieldName.next(node, bytes.get(at));
      if (next == FieldName.NONE) {
        break;
      }
      node = next;
      at++;
    }
    if (node == FieldName.OTHER) {
      at = FieldName.end(bytes, at, end);
    }
    if (at == end) {
      state = NAME;
      name = node;
      return end;
    }
    // here also a folded line, a space before the colon, a bare LF or CR, a NUL
    if (bytes.get(at) != ':' || node == FieldName.START) {
      return pin("odd field name");
    }
    int kind = FieldName.kind(node);
    if (kind == FieldName.ORDINARY) {
      state = VALUE;
      return text(bytes, at + 1, end);
    }
    return matters(bytes, at + 1, end, kind);
  }

  private long matters(Bytes bytes, long at, long end, int kind) {
    if (trailers) {
      return pin("a trailer that belongs in the head");
    }
    if (!fields.begin(kind)) {
      return pin(fields.surprise());
    }
    state = MATTERS;
    return value(bytes, at, end);
  }

  final long text(Bytes bytes, long at, long end) {
    long stop = Scan.endOfText(bytes, at, end);
    if (stop == end) {
      return end;
    }
    if (bytes.get(stop) != '\r') {
      return pin("odd byte in a line");
    }
    state = LINE_LF;
    return lineEnd(bytes, stop + 1, end);
  }

  private long value(Bytes bytes, long at, long end) {
    long stop = fields.value(bytes, at, end);
    if (stop == end) {
      return end;
    }
    if (stop == HeadFields.ODD || (bytes.get(stop) == '\r' && !fields.end())) {
      return pin(fields.surprise());
    }
    state = VALUE;
    return text(bytes, stop, end);
  }

  private long lineEnd(Bytes bytes, long at, long end) {
    if (at == end) {
      return end;
    }
    if (bytes.get(at) != '\n') {
      return pin("CR without LF");
    }
    state = FIELD;
    return at + 1;
  }

  /** Goes on, as after {@link #headComplete}, behind a head that is known. */
  final long known(KnownHead head, long at) {
    headLength = 0;
    trailers = false;
    fields.become(head);
    return headComplete(at + head.length());
  }

  private long headEnd(Bytes bytes, long at, long end) {
    if (at == end) {
      return end;
    }
    if (bytes.get(at) != '\n') {
      return pin("CR without LF");
    }
    if (trailers) {
      return complete(at + 1);
    }
    if (headAt >= 0 && fieldsAt >= 0) {
      learn(bytes, at + 1);
    }
    return headComplete(at + 1);
  }

  /** A body follows this head. */
  final long bodyFollows(long at) {
    state = BODY;
    if (fields.chunked) {
      body.beginChunked();
    } else {
      body.beginPlain(fields.length);
    }
    return at;
  }

  private long body(Bytes bytes, long at, long end) {
    long stop = body.parse(bytes, at, end);
    if (stop == Body.ODD) {
      return pin("odd chunk");
    }
    if (body.ended()) {
      return complete(stop);
    }
    if (body.endsWithTrailers()) {
      trailers = true;
      headLength = 0;
      state = FIELD;
    }
    return stop;
  }

  /** Bytes of a body that nobody can look at. */
  final void skip(long count) {
    if (state != BODY || !body.skip(count)) {
      pin("sendfile outside a body");
    } else if (body.ended()) {
      complete(0);
    }
  }

  /** This message has ended. */
  final long complete(long at) {
    state = BETWEEN;
    messageComplete();
    return at;
  }

  /** This head was one of those that come before an answer. */
  final long interim(long at) {
    state = BETWEEN;
    return at;
  }
}
