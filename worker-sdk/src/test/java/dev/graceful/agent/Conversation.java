package dev.graceful.agent;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Locale;
import java.util.function.UnaryOperator;

/**
 * The server's side of one HTTP/1.1 connection: takes bytes as they come and gives the bytes to
 * answer. Each body tells who answered, the request line and how long the request's body was.
 */
final class Conversation {
  private final UnaryOperator<String> answers;
  private String have = "";
  private boolean invited;
  private boolean upgraded;

  /** {@code answers} makes the body of an answer from the request line and the body's length. */
  Conversation(UnaryOperator<String> answers) {
    this.answers = answers;
  }

  byte[] feed(byte[] bytes, int count) {
    have += new String(Arrays.copyOf(bytes, count), StandardCharsets.ISO_8859_1);
    StringBuilder out = new StringBuilder();
    while (step(out)) {
      invited = false;
    }
    return out.toString().getBytes(StandardCharsets.ISO_8859_1);
  }

  private boolean step(StringBuilder out) {
    if (upgraded) {
      out.append(answers.apply("echo")).append(have);
      have = "";
      return false;
    }
    int head = have.indexOf("\r\n\r\n");
    if (head < 0) {
      return false;
    }
    String lower = have.substring(0, head).toLowerCase(Locale.ROOT);
    String line = have.substring(0, have.indexOf("\r\n"));
    if (lower.contains("\nexpect: 100-continue") && !invited && have.length() == head + 4) {
      invited = true;
      out.append("HTTP/1.1 100 Continue\r\n\r\n");
    }
    int end;
    int length = 0;
    if (lower.contains("\ntransfer-encoding: chunked")) {
      int last = have.indexOf("\r\n0\r\n\r\n", head + 2);
      end = last < 0 ? -1 : last + 7;
      length = end - head - 4;
    } else {
      int at = lower.indexOf("\ncontent-length: ");
      if (at >= 0) {
        length = Integer.parseInt(lower.substring(at + 17).split("\r")[0]);
      }
      end = head + 4 + length;
    }
    if (end < 0 || end > have.length()) {
      return false;
    }
    have = have.substring(end);
    if (lower.contains("\nupgrade: ")) {
      upgraded = true;
      out.append("HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: upgrade\r\n\r\n");
      return !have.isEmpty();
    }
    String body = answers.apply(line + " " + length);
    out.append(
        line.endsWith("1.0") ? "HTTP/1.0 200 OK\r\nConnection: keep-alive" : "HTTP/1.1 200 OK");
    out.append("\r\nContent-Length: ").append(body.length()).append("\r\n\r\n");
    if (!line.startsWith("HEAD ")) {
      out.append(body);
    }
    return true;
  }
}
