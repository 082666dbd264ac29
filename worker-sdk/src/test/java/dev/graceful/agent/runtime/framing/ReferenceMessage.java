package dev.graceful.agent.runtime.framing;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * One message in a whole stream, read with regular expressions from RFC 9110 and 9112: slow and
 * obvious. Offsets are into the stream; {@code end} is -1 if the message is not all there.
 */
record ReferenceMessage(
    int start, int headEnd, int end, String first, List<String[]> fields, List<int[]> data) {
  static final Pattern REQUEST = Pattern.compile("([A-Z][A-Z-]{0,19}) [!-~]+ HTTP/1\\.1");
  static final Pattern RESPONSE =
      Pattern.compile("HTTP/1\\.1 ([0-9]{3}) [^\\x00-\\x08\\x0a-\\x1f\\x7f]*");
  private static final Pattern FIELD =
      Pattern.compile("([!#$%&'*+.^_`|~0-9A-Za-z-]+):([^\\x00-\\x08\\x0a-\\x1f\\x7f]*)");

  /** Lines seen before: most are, and regular expressions take their time. */
  private static final Map<String, String[]> KNOWN = new HashMap<>();

  private static final Pattern LENGTH = Pattern.compile("0|[1-9][0-9]{0,17}");
  private static final Pattern SIZE = Pattern.compile("[0-9A-Fa-f]{1,8}");

  /** This stream is not what RFC 9112 allows, or not what may move. */
  static final class Surprise extends Exception {
    private static final long serialVersionUID = 1;

    Surprise(String why) {
      super(why, null, false, false);
    }
  }

  /** The head at this offset, with {@code end} still -1; null if it is not all there. */
  static ReferenceMessage head(String stream, int start, Pattern startLine) throws Surprise {
    int blank = stream.indexOf("\r\n\r\n", start);
    if ((blank < 0 ? stream.length() : blank + 4) - start > 65536) {
      throw new Surprise("long head");
    }
    if (blank < 0) {
      return null;
    }
    String[] lines = stream.substring(start, blank).split("\r\n", -1);
    if (!startLine.matcher(lines[0]).matches()) {
      throw new Surprise("start line " + lines[0]);
    }
    List<String[]> fields = fields(lines, 1);
    return new ReferenceMessage(start, blank + 4, -1, lines[0], fields, new ArrayList<>());
  }

  private static List<String[]> fields(String[] lines, int from) throws Surprise {
    List<String[]> fields = new ArrayList<>();
    for (int i = from; i < lines.length; i++) {
      if (KNOWN.size() > 10_000) {
        KNOWN.clear();
      }
      String[] field = KNOWN.computeIfAbsent(lines[i], ReferenceMessage::field);
      if (field.length == 0) {
        throw new Surprise("field line");
      }
      fields.add(field);
    }
    return fields;
  }

  /** Name and value in lower case; nothing if the line is no field. */
  private static String[] field(String line) {
    Matcher m = FIELD.matcher(line);
    return m.matches()
        ? new String[] {
          m.group(1).toLowerCase(Locale.ROOT), m.group(2).strip().toLowerCase(Locale.ROOT)
        }
        : new String[0];
  }

  List<String> values(String name) {
    List<String> values = new ArrayList<>();
    for (String[] field : fields) {
      if (field[0].equals(name)) {
        values.add(field[1]);
      }
    }
    return values;
  }

  /** What bars a connection from moving, in either direction. */
  void check() throws Surprise {
    for (String name : List.of("connection", "proxy-connection")) {
      for (String value : values(name)) {
        for (String option : value.split(",")) {
          if (option.strip().equals("close")) {
            throw new Surprise("close");
          }
        }
      }
    }
    for (String name : List.of("authorization", "proxy-authorization")) {
      for (String value : values(name)) {
        if (value.startsWith("ntlm") || value.startsWith("negotiate")) {
          throw new Surprise("credentials");
        }
      }
    }
    for (String name : List.of("www-authenticate", "proxy-authenticate")) {
      for (String value : values(name)) {
        if (value.contains("ntlm") || value.contains("negotiate")) {
          throw new Surprise("challenge");
        }
      }
    }
    List<String> lengths = new ArrayList<>(values("content-length"));
    for (String length : lengths) {
      if (!LENGTH.matcher(length).matches()) {
        throw new Surprise("length " + length);
      }
    }
    lengths.addAll(values("transfer-encoding"));
    if (lengths.size() > 1 || (chunked() && !values("transfer-encoding").contains("chunked"))) {
      throw new Surprise("lengths " + lengths);
    }
  }

  boolean chunked() {
    return !values("transfer-encoding").isEmpty();
  }

  /** The Content-Length, -1 without one. */
  long length() {
    List<String> values = values("content-length");
    return values.isEmpty() ? -1 : Long.parseLong(values.get(0));
  }

  boolean hasBody() {
    return chunked() || length() > 0;
  }

  /** The same message with its end, where the body that its head speaks of is all there. */
  ReferenceMessage withBody(String stream) throws Surprise {
    if (!chunked()) {
      long stop = headEnd + Math.max(0, length());
      data.add(new int[] {headEnd, (int) Math.min(stop, Integer.MAX_VALUE)});
      return stop <= stream.length() ? endingAt((int) stop) : this;
    }
    int at = headEnd;
    for (; ; ) {
      int eol = stream.indexOf("\r\n", at);
      if (eol < 0) {
        return this;
      }
      String digits = stream.substring(at, eol);
      if (!SIZE.matcher(digits).matches() || Long.parseLong(digits, 16) > Integer.MAX_VALUE) {
        throw new Surprise("chunk size " + digits);
      }
      long size = Long.parseLong(digits, 16);
      at = eol + 2;
      if (size == 0) {
        return trailers(stream, at);
      }
      data.add(new int[] {at, (int) Math.min(at + size, Integer.MAX_VALUE)});
      if (at + size + 2 > stream.length()) {
        return this;
      }
      at += (int) size;
      if (!stream.startsWith("\r\n", at)) {
        throw new Surprise("chunk end");
      }
      at += 2;
    }
  }

  private ReferenceMessage trailers(String stream, int at) throws Surprise {
    if (stream.startsWith("\r\n", at)) {
      return endingAt(at + 2);
    }
    int blank = stream.indexOf("\r\n\r\n", at);
    if (blank < 0) {
      return this;
    }
    for (String[] field : fields(stream.substring(at, blank).split("\r\n", -1), 0)) {
      if (List.of("content-length", "transfer-encoding", "connection").contains(field[0])) {
        throw new Surprise("trailer " + field[0]);
      }
    }
    return endingAt(blank + 4);
  }

  ReferenceMessage endingAt(int stop) {
    return new ReferenceMessage(start, headEnd, stop, first, fields, data);
  }
}
