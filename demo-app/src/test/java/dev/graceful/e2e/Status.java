package dev.graceful.e2e;

import com.fasterxml.jackson.jr.ob.JSON;
import java.io.IOException;
import java.util.List;
import java.util.Map;

/** What {@code status --json} says. */
record Status(Map<String, Object> fields) {
  static Status parse(String json) throws IOException {
    return new Status(JSON.std.mapFrom(json));
  }

  String text(String name) {
    return String.valueOf(fields.get(name));
  }

  int number(String name) {
    return ((Number) fields.get(name)).intValue();
  }

  List<Map<String, Object>> workers() {
    return list("workers");
  }

  List<Map<String, Object>> listeners() {
    return list("listeners");
  }

  @SuppressWarnings("unchecked")
  Map<String, Object> lastReload() {
    return (Map<String, Object>) fields.get("last_reload");
  }

  /** The states of the workers of that generation: none or one. */
  List<String> stateOf(int generation) {
    return workers().stream()
        .filter(worker -> ((Number) worker.get("generation")).intValue() == generation)
        .map(worker -> String.valueOf(worker.get("state")))
        .toList();
  }

  List<Integer> ports() {
    return listeners().stream().map(l -> ((Number) l.get("port")).intValue()).sorted().toList();
  }

  @SuppressWarnings("unchecked")
  private List<Map<String, Object>> list(String name) {
    return (List<Map<String, Object>>) fields.get(name);
  }
}
