package dev.graceful.control;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Reads one text; what it holds may come from anybody. */
final class JsonReader {
  /** So that nesting ends before the stack does. */
  private static final int DEEPEST = 64;

  private static final int LONGEST_NUMBER = 40;

  private final String text;
  private int at;
  private int depth;

  private JsonReader(String text) {
    this.text = text;
  }

  static Map<String, @Nullable Object> readObject(String text) throws JsonException {
    JsonReader reader = new JsonReader(text);
    reader.space();
    if (reader.peek() != '{') {
      throw reader.wrong("no object");
    }
    Map<String, @Nullable Object> object = reader.object();
    reader.space();
    if (reader.at < text.length()) {
      throw reader.wrong("something after the object");
    }
    return object;
  }

  private @Nullable Object value() throws JsonException {
    return switch (peek()) {
      case '{' -> object();
      case '[' -> array();
      case '"' -> string();
      case 't' -> word("true", Boolean.TRUE);
      case 'f' -> word("false", Boolean.FALSE);
      case 'n' -> word("null", null);
      default -> number();
    };
  }

  private Map<String, @Nullable Object> object() throws JsonException {
    Map<String, @Nullable Object> object = new LinkedHashMap<>();
    enter();
    if (peek() == '}') {
      leave();
      return object;
    }
    while (true) {
      if (peek() != '"') {
        throw wrong("no name of a field");
      }
      String name = string();
      space();
      if (peek() != ':') {
        throw wrong("no colon");
      }
      at++;
      space();
      object.put(name, value());
      if (!another('}')) {
        return object;
      }
    }
  }

  private List<@Nullable Object> array() throws JsonException {
    List<@Nullable Object> array = new ArrayList<>();
    enter();
    if (peek() == ']') {
      leave();
      return array;
    }
    do {
      array.add(value());
    } while (another(']'));
    return array;
  }

  /** Whether a comma follows, and not the end. */
  private boolean another(char end) throws JsonException {
    space();
    char c = peek();
    if (c == ',') {
      at++;
      space();
      return true;
    }
    if (c != end) {
      throw wrong("neither a comma nor " + end);
    }
    leave();
    return false;
  }

  private void enter() throws JsonException {
    if (++depth > DEEPEST) {
      throw wrong("too deeply nested");
    }
    at++;
    space();
  }

  private void leave() {
    depth--;
    at++;
  }

  private String string() throws JsonException {
    int start = ++at;
    while (peek() >= ' ' && peek() != '"' && peek() != '\\') {
      at++;
    }
    if (peek() == '"') {
      return text.substring(start, at++);
    }
    StringBuilder string = new StringBuilder(text.substring(start, at));
    while (true) {
      char c = peek();
      if (c < ' ') {
        throw wrong("a text without an end");
      }
      at++;
      if (c == '"') {
        return string.toString();
      }
      string.append(c == '\\' ? escaped() : c);
    }
  }

  private char escaped() throws JsonException {
    char c = peek();
    at++;
    return switch (c) {
      case '"', '\\', '/' -> c;
      case 'n' -> '\n';
      case 'r' -> '\r';
      case 't' -> '\t';
      case 'b' -> '\b';
      case 'f' -> '\f';
      case 'u' -> unicode();
      default -> throw wrong("no such escape");
    };
  }

  private char unicode() throws JsonException {
    int code = 0;
    for (int i = 0; i < 4; i++) {
      int digit = Character.digit(peek(), 16);
      if (digit < 0 || peek() > 'f') {
        throw wrong("no hexadecimal digit");
      }
      code = code << 4 | digit;
      at++;
    }
    return (char) code;
  }

  private @Nullable Object word(String word, @Nullable Boolean value) throws JsonException {
    if (!text.startsWith(word, at)) {
      throw wrong("no value");
    }
    at += word.length();
    return value;
  }

  private Number number() throws JsonException {
    int start = at;
    boolean whole = true;
    if (peek() == '-') {
      at++;
    }
    if (peek() == '0') {
      at++;
    } else {
      digits();
    }
    if (peek() == '.') {
      whole = false;
      at++;
      digits();
    }
    if (peek() == 'e' || peek() == 'E') {
      whole = false;
      at++;
      if (peek() == '+' || peek() == '-') {
        at++;
      }
      digits();
    }
    String number = text.substring(start, at);
    if (number.length() > LONGEST_NUMBER) {
      throw wrong("too long a number");
    }
    try {
      return whole ? (Number) Long.valueOf(number) : (Number) Double.valueOf(number);
    } catch (NumberFormatException e) {
      throw wrong("too large a number");
    }
  }

  private void digits() throws JsonException {
    int start = at;
    while (peek() >= '0' && peek() <= '9') {
      at++;
    }
    if (at == start) {
      throw wrong("no value");
    }
  }

  private void space() {
    while (peek() == ' ' || peek() == '\t' || peek() == '\n' || peek() == '\r') {
      at++;
    }
  }

  /** The next character; 0, which JSON has nowhere, at the end. */
  private char peek() {
    return at < text.length() ? text.charAt(at) : 0;
  }

  private JsonException wrong(String what) {
    return new JsonException(what + " at character " + Math.min(at, text.length()));
  }
}
