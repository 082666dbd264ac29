package dev.graceful.control;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * JSON (RFC 8259) as text from maps, collections, texts, numbers, booleans and null, and back. By
 * hand, since a library for it took a fifth of the time of a command such as {@code status}.
 */
public final class Json {
  private static final String HEX = "0123456789abcdef";

  private Json() {}

  /**
   * On one line.
   *
   * @throws IllegalArgumentException if there is anything else in it
   */
  public static String write(@Nullable Object value) {
    StringBuilder text = new StringBuilder(256);
    write(text, value);
    return text.toString();
  }

  /**
   * The fields of an object; whole numbers are Long, others Double.
   *
   * @throws JsonException if the text is anything else
   */
  public static Map<String, @Nullable Object> readObject(String text) throws JsonException {
    return JsonReader.readObject(text);
  }

  private static void write(StringBuilder text, @Nullable Object value) {
    if (value instanceof String string) {
      writeString(text, string);
    } else if (value instanceof Map<?, ?> map) {
      text.append('{');
      boolean first = true;
      for (Map.Entry<?, ?> entry : map.entrySet()) {
        if (!first) {
          text.append(',');
        }
        first = false;
        writeString(text, (String) entry.getKey());
        text.append(':');
        write(text, entry.getValue());
      }
      text.append('}');
    } else if (value instanceof Iterable<?> many) {
      text.append('[');
      boolean first = true;
      for (Object one : many) {
        if (!first) {
          text.append(',');
        }
        first = false;
        write(text, one);
      }
      text.append(']');
    } else if (value == null || value instanceof Boolean || isFinite(value)) {
      text.append(value);
    } else {
      throw new IllegalArgumentException("JSON has no " + value);
    }
  }

  private static boolean isFinite(Object value) {
    return value instanceof Number number && Double.isFinite(number.doubleValue());
  }

  private static void writeString(StringBuilder text, String string) {
    text.append('"');
    for (int i = 0; i < string.length(); i++) {
      char c = string.charAt(i);
      switch (c) {
        case '"', '\\' -> text.append('\\').append(c);
        case '\n' -> text.append("\\n");
        case '\r' -> text.append("\\r");
        case '\t' -> text.append("\\t");
        default -> {
          if (c < ' ' || (Character.isSurrogate(c) && !isPaired(string, i))) {
            // half a pair has no UTF-8
            text.append("\\u");
            for (int shift = 12; shift >= 0; shift -= 4) {
              text.append(HEX.charAt(c >> shift & 0xf));
            }
          } else {
            text.append(c);
          }
        }
      }
    }
    text.append('"');
  }

  private static boolean isPaired(String string, int i) {
    return Character.isHighSurrogate(string.charAt(i))
        ? i + 1 < string.length() && Character.isLowSurrogate(string.charAt(i + 1))
        : i > 0 && Character.isHighSurrogate(string.charAt(i - 1));
  }
}
