package dev.graceful.agent.runtime.framing;

import dev.graceful.agent.runtime.framing.Dialogue.Piece;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Locale;
import java.util.regex.Pattern;

/**
 * What the most tolerant implementation would make of a dialogue: bare LF, folded lines, spaces
 * before colons, empty lines before messages, the last length of several, anything that contains
 * "chunked", chunk sizes with anything after them. Where it sees another end than the strict
 * reading, two servers could disagree, and nothing may move.
 */
final class LenientReading {
  private static final Pattern STATUS = Pattern.compile("\\S*\\s*(\\S*)[\\s\\S]*");
  private static final Pattern AFTER_SIZE = Pattern.compile("(?i)[^0-9a-f][\\s\\S]*");

  private final String stream;
  private int at;

  private LenientReading(String stream) {
    this.stream = stream;
  }

  /** Whether both streams end with a message, and each request has an answer. */
  static boolean agrees(Dialogue dialogue) {
    StringBuilder in = new StringBuilder();
    StringBuilder out = new StringBuilder();
    for (Piece piece : dialogue.pieces()) {
      (piece.fromClient() ? in : out).append(piece.text());
    }
    Deque<Boolean> heads = new ArrayDeque<>();
    LenientReading requests = new LenientReading(in.toString());
    while (requests.at < requests.stream.length()) {
      String head = requests.head();
      heads.add(head.regionMatches(true, 0, "HEAD ", 0, 5));
      if (!requests.body(head)) {
        return false;
      }
    }
    LenientReading answers = new LenientReading(out.toString());
    while (answers.at < answers.stream.length()) {
      String head = answers.head();
      String status = STATUS.matcher(head).replaceFirst("$1");
      if (status.startsWith("1")) {
        continue;
      }
      Boolean bodiless = heads.poll();
      if (bodiless == null) {
        return false;
      }
      if (!bodiless && !status.equals("204") && !status.equals("304") && !answers.body(head)) {
        return false;
      }
    }
    return heads.isEmpty();
  }

  private String line() {
    int lf = stream.indexOf('\n', at);
    String line = stream.substring(at, lf < 0 ? stream.length() : lf);
    at = lf < 0 ? stream.length() : lf + 1;
    return line.endsWith("\r") ? line.substring(0, line.length() - 1) : line;
  }

  private String head() {
    StringBuilder head = new StringBuilder();
    while (at < stream.length()) {
      String line = line();
      if (line.isEmpty() && head.length() > 0) {
        break;
      }
      if (line.startsWith(" ") || line.startsWith("\t")) {
        head.append(line);
      } else if (!line.isEmpty()) {
        head.append('\n').append(line);
      }
    }
    return head.length() > 0 ? head.substring(1) : "";
  }

  /** Passes over a body; false if it is not all there. */
  private boolean body(String head) {
    long length = 0;
    boolean chunked = false;
    for (String line : head.split("\n", -1)) {
      int colon = line.indexOf(':');
      String name = colon < 0 ? "" : line.substring(0, colon).strip().toLowerCase(Locale.ROOT);
      String value = line.substring(colon + 1).toLowerCase(Locale.ROOT);
      if (name.equals("content-length")) {
        String digits = value.replaceAll("[^0-9]", "");
        length = digits.isEmpty() || digits.length() > 18 ? 0 : Long.parseLong(digits);
      } else if (name.equals("transfer-encoding")) {
        chunked |= value.contains("chunked");
      }
    }
    if (!chunked) {
      at = (int) Math.min(Integer.MAX_VALUE, at + length);
      return at <= stream.length();
    }
    for (; ; ) {
      String digits = AFTER_SIZE.matcher(line().strip()).replaceFirst("");
      long size = digits.isEmpty() || digits.length() > 8 ? 0 : Long.parseLong(digits, 16);
      if (size == 0) {
        while (at < stream.length() && !line().isEmpty()) {}
        return stream.startsWith("\n", at - 1);
      }
      if (at + size > stream.length()) {
        return false;
      }
      at += (int) size;
      line();
    }
  }
}
