package dev.graceful.demo.bench;

import java.util.Collection;
import java.util.Map;
import java.util.stream.Collectors;

/** Writes maps, collections, numbers and texts as JSON (RFC 8259). */
final class Json {
  private Json() {}

  static String text(Object value) {
    return write(value, "");
  }

  private static String write(Object value, String indent) {
    String deeper = indent + "  ";
    if (value instanceof Map<?, ?> map) {
      return map.entrySet().stream()
          .map(e -> deeper + quoted(e.getKey().toString()) + ": " + write(e.getValue(), deeper))
          .collect(Collectors.joining(",\n", "{\n", "\n" + indent + "}"));
    }
    if (value instanceof Collection<?> list) {
      return list.stream()
          .map(element -> write(element, deeper))
          .collect(Collectors.joining(", ", "[", "]"));
    }
    if (value instanceof Double number) {
      // neither infinity nor NaN is a number there
      return Double.isFinite(number) ? Double.toString(Math.round(number * 1e4) / 1e4) : "null";
    }
    if (value instanceof Number || value instanceof Boolean) {
      return value.toString();
    }
    return quoted(value.toString());
  }

  private static String quoted(String text) {
    StringBuilder quoted = new StringBuilder("\"");
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == '"' || c == '\\') {
        quoted.append('\\').append(c);
      } else if (c < ' ') {
        quoted.append(String.format("\\u%04x", (int) c));
      } else {
        quoted.append(c);
      }
    }
    return quoted.append('"').toString();
  }
}
