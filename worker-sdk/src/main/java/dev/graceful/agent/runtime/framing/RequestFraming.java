package dev.graceful.agent.runtime.framing;

/** What the client sends: requests. */
final class RequestFraming extends MessageFraming {
  private static final int LONGEST_METHOD = 20;

  private static final long GET = 0x474554;
  private static final int GET_SPACE = 0x20544547; // as read from memory
  private static final long HEAD = 0x48454144;
  private static final long TRACE = 0x5452414345L;
  private static final long CONNECT = 0x434f4e4e454354L;

  private final ConnectionFraming connection;

  /** The method's last eight bytes: shorter methods are exact, and all that we look for are. */
  private long method;

  /** The client waits for a 100 before it sends the body, perhaps for ever. */
  private boolean held;

  RequestFraming(ConnectionFraming connection) {
    this.connection = connection;
  }

  boolean holdsBody() {
    return held && body.untouched();
  }

  void invited() {
    held = false;
  }

  @Override
  long pin(String why) {
    connection.pin(why);
    return STOP;
  }

  @Override
  boolean begin() {
    method = 0;
    return true;
  }

  @Override
  long startLine(Bytes bytes, long at, long end) {
    return switch (state) {
      case FIRST -> method(bytes, at, end);
      case SECOND -> target(bytes, at, end);
      default -> version(bytes, at, end);
    };
  }

  private long method(Bytes bytes, long at, long end) {
    if (progress == 0 && end - at >= 8 && (int) bytes.getLong(at) == GET_SPACE) {
      method = GET;
      state = SECOND;
      return target(bytes, at + 4, end);
    }
    for (; at < end; at++) {
      byte b = bytes.get(at);
      if ((b >= 'A' && b <= 'Z') || (b == '-' && progress > 0)) {
        if (++progress > LONGEST_METHOD) {
          return pin("not an HTTP/1.1 request");
        }
        method = method << 8 | b;
      } else if (b == ' ' && progress > 0) {
        if (method == CONNECT) {
          return pin("CONNECT");
        }
        progress = 0;
        state = SECOND;
        return target(bytes, at + 1, end);
      } else {
        return pin(
            progress == 0 && (b == '\r' || b == '\n')
                ? "empty line before a request"
                : "not an HTTP/1.1 request");
      }
    }
    return at;
  }

  private long target(Bytes bytes, long at, long end) {
    long stop = Scan.endOfVisible(bytes, at, end);
    if (stop > at) {
      progress = 1;
    }
    if (stop == end) {
      return end;
    }
    if (progress == 0 || bytes.get(stop) != ' ') {
      return pin("odd request target");
    }
    progress = 0;
    state = THIRD;
    return version(bytes, stop + 1, end);
  }

  private long version(Bytes bytes, long at, long end) {
    if (progress == 0
        && end - at >= 10
        && bytes.getLong(at) == HTTP_1_1
        && bytes.get(at + 8) == '\r'
        && bytes.get(at + 9) == '\n') {
      state = FIELDS;
      return at + 10;
    }
    for (; at < end; at++) {
      if (bytes.get(at) != "HTTP/1.1\r\n".charAt(progress)) {
        return pin("not an HTTP/1.1 request");
      }
      if (++progress == 10) {
        state = FIELDS;
        return at + 1;
      }
    }
    return at;
  }

  @Override
  long meaning() {
    return method;
  }

  @Override
  long again(KnownHead head, long at, long end) {
    method = head.meaning();
    return known(head, at);
  }

  @Override
  long headComplete(long at) {
    boolean hasBody = fields.chunked || fields.length > 0;
    if (hasBody && (method == GET || method == HEAD || method == TRACE)) {
      // servers that skip such a body take it for the next request
      return pin("a body where servers do not expect one");
    }
    held = fields.expect && hasBody;
    connection.asked(method == HEAD);
    return hasBody ? bodyFollows(at) : complete(at);
  }

  @Override
  void messageComplete() {
    held = false;
  }
}
