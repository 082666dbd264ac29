package dev.graceful.agent.runtime.framing;

/** What the server sends: answers, and 100s before them. */
final class ResponseFraming extends MessageFraming {
  // of the eight bytes " 200 OK\r": the first and fifth, and that they are spaces
  private static final long NOT_DIGITS = 0x000000ff000000ffL;
  private static final long SPACES = 0x0000002000000020L;

  private final ConnectionFraming connection;
  private int status;

  ResponseFraming(ConnectionFraming connection) {
    this.connection = connection;
  }

  @Override
  long pin(String why) {
    connection.pin(why);
    return STOP;
  }

  @Override
  boolean begin() {
    status = 0;
    if (connection.unanswered() == 0) {
      pin("an answer that nobody asked for");
      return false;
    }
    return true;
  }

  @Override
  long startLine(Bytes bytes, long at, long end) {
    return switch (state) {
      case FIRST -> status(bytes, at, end);
      case SECOND -> reason(bytes, at, end);
      default -> lineFeed(bytes, at, end);
    };
  }

  private long status(Bytes bytes, long at, long end) {
    if (progress == 0 && end - at >= 16 && bytes.getLong(at) == HTTP_1_1) {
      long word = bytes.getLong(at + 8);
      if ((word & NOT_DIGITS) == SPACES && Scan.isDigits((int) (word >>> 8))) {
        int low = (int) (word >>> 8) & 0x0f0f0f;
        status = (low & 0xf) * 100 + (low >>> 8 & 0xf) * 10 + (low >>> 16);
        return afterStatus(bytes, at + 13, end);
      }
    }
    for (; at < end; at++) {
      byte b = bytes.get(at);
      if (progress < 9) {
        if (b != "HTTP/1.1 ".charAt(progress)) {
          return pin("not an HTTP/1.1 response");
        }
      } else if (progress < 12) {
        if (b < '0' || b > '9') {
          return pin("odd status line");
        }
        status = status * 10 + b - '0';
      } else {
        return b == ' ' ? afterStatus(bytes, at + 1, end) : pin("odd status line");
      }
      progress++;
    }
    return at;
  }

  private long afterStatus(Bytes bytes, long at, long end) {
    if (status == 101) {
      return pin("upgraded");
    }
    if (status < 200 && status != 100) {
      return pin("an interim answer other than 100");
    }
    if (status >= 600) {
      return pin("odd status line");
    }
    state = SECOND;
    return reason(bytes, at, end);
  }

  /** A reason phrase is made of what a field value is made of. */
  private long reason(Bytes bytes, long at, long end) {
    long stop = Scan.endOfText(bytes, at, end);
    if (stop == end) {
      return end;
    }
    if (bytes.get(stop) != '\r') {
      return pin("odd byte in a line");
    }
    state = THIRD;
    return lineFeed(bytes, stop + 1, end);
  }

  private long lineFeed(Bytes bytes, long at, long end) {
    if (at == end) {
      return end;
    }
    if (bytes.get(at) != '\n') {
      return pin("CR without LF");
    }
    state = FIELDS;
    return at + 1;
  }

  @Override
  long meaning() {
    return status;
  }

  @Override
  long again(KnownHead head, long at, long end) {
    if (!begin()) {
      return STOP;
    }
    status = (int) head.meaning();
    long bodyAt = at + head.length();
    long length = head.contentLength();
    if (status == 200 && length > 0 && end - bodyAt >= length && connection.answersPlainly()) {
      // what headComplete and the body would do, in one step
      connection.answered();
      return bodyAt + length;
    }
    return known(head, at);
  }

  @Override
  long headComplete(long at) {
    if (status == 100) {
      if (fields.chunked || fields.length >= 0) {
        return pin("a body where clients do not expect one");
      }
      connection.invited();
      return interim(at);
    }
    if (connection.holdsBody()) {
      // the client may now send the body, or never send it and go on: implementations differ
      return pin("answered before the body it was told to wait for");
    }
    if (status == 204 || status == 205 || status == 304) {
      if (fields.chunked || (fields.length > 0 && status != 304)) {
        return pin("a body where clients do not expect one");
      }
    }
    if (status == 204 || status == 304 || connection.answersHead()) {
      return complete(at);
    }
    if (fields.chunked || fields.length > 0) {
      return bodyFollows(at);
    }
    return fields.length == 0 ? complete(at) : pin("an answer that ends with the connection");
  }

  @Override
  void messageComplete() {
    connection.answered();
  }
}
