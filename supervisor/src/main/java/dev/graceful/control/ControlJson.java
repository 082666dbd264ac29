package dev.graceful.control;

import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Records to JSON and back, field by field: the names are a promise to scripts, so they do not
 * follow from those in the code, and nothing is created that the JSON names.
 */
public final class ControlJson {
  static final String SAY = "say";
  private static final String EXIT_CODE = "exit_code";

  private ControlJson() {}

  /** The one object that {@code status --json} prints, on one line. */
  public static String text(Status status) {
    return Json.write(map(status));
  }

  static String text(Request request) {
    Map<String, Object> map = new LinkedHashMap<>();
    map.put("command", request.command());
    map.put("arguments", request.arguments());
    return Json.write(map);
  }

  static String say(String line) {
    return Json.write(Map.of(SAY, line));
  }

  static String text(Outcome outcome) {
    Map<String, Object> map = new LinkedHashMap<>();
    map.put(EXIT_CODE, outcome.exitCode());
    map.put("message", outcome.message());
    if (outcome.status() != null) {
      Map<String, Object> status = map(outcome.status());
      // between our own programs only: what scripts are promised is the rest
      status.put("version", outcome.status().version());
      status.put("started_ms", outcome.status().startedMillis());
      map.put("status", status);
    }
    return Json.write(map);
  }

  /**
   * @throws IOException if it is no request; the message says why
   */
  static Request request(String line) throws IOException {
    Map<String, @Nullable Object> map = parse(line);
    if (!(map.get("command") instanceof String command) || command.isEmpty()) {
      throw new IOException("no command in the request");
    }
    Map<String, String> arguments = new LinkedHashMap<>();
    Object given = map.get("arguments");
    if (given instanceof Map<?, ?> pairs) {
      for (Map.Entry<?, ?> pair : pairs.entrySet()) {
        if (!(pair.getKey() instanceof String key) || !(pair.getValue() instanceof String value)) {
          throw new IOException("an argument is not a text");
        }
        arguments.put(key, value);
      }
    } else if (given != null) {
      throw new IOException("arguments are not an object");
    }
    return new Request(command, arguments);
  }

  /** A {@code String} that the supervisor says, or its {@code Outcome}. */
  static Object answer(String line) throws IOException {
    Map<String, @Nullable Object> map = parse(line);
    if (map.get(SAY) instanceof String said) {
      return said;
    }
    if (!(map.get(EXIT_CODE) instanceof Number exitCode)) {
      throw new IOException("the supervisor's answer makes no sense");
    }
    Status status = map.get("status") instanceof Map<?, ?> fields ? status(fields) : null;
    return new Outcome(exitCode.intValue(), string(map, "message"), status);
  }

  private static Map<String, @Nullable Object> parse(String line) throws IOException {
    try {
      return Json.readObject(line);
    } catch (IOException e) {
      throw new IOException("not a JSON object: " + e.getMessage(), e);
    }
  }

  private static Map<String, Object> map(Status status) {
    Map<String, Object> map = new LinkedHashMap<>();
    map.put("name", status.name());
    map.put("pid", status.pid());
    map.put("state", status.state());
    map.put("generation", status.generation());
    map.put("release", status.release());
    List<Object> listeners = new ArrayList<>();
    for (ListenerStatus listener : status.listeners()) {
      Map<String, Object> fields = new LinkedHashMap<>();
      fields.put("address", listener.address());
      fields.put("port", listener.port());
      fields.put("accept_queue", listener.acceptQueue());
      listeners.add(fields);
    }
    map.put("listeners", listeners);
    List<Object> workers = new ArrayList<>();
    for (WorkerStatus worker : status.workers()) {
      Map<String, Object> fields = new LinkedHashMap<>();
      fields.put("generation", worker.generation());
      fields.put("pid", worker.pid());
      fields.put("state", worker.state());
      fields.put("release", worker.release());
      fields.put("connections", worker.connections());
      fields.put("uptime_s", worker.uptimeSeconds());
      fields.put("rss_bytes", worker.rssBytes());
      workers.add(fields);
    }
    map.put("workers", workers);
    LastReload last = status.lastReload();
    Map<String, Object> fields = new LinkedHashMap<>();
    fields.put("verdict", last.verdict());
    fields.put("generation", last.generation());
    fields.put("seconds", last.seconds());
    fields.put("reason", last.reason());
    map.put("last_reload", fields);
    return map;
  }

  private static Status status(Map<?, ?> map) {
    List<ListenerStatus> listeners = new ArrayList<>();
    for (Map<?, ?> fields : objects(map, "listeners")) {
      listeners.add(
          new ListenerStatus(
              string(fields, "address"),
              (int) number(fields, "port"),
              (int) number(fields, "accept_queue")));
    }
    List<WorkerStatus> workers = new ArrayList<>();
    for (Map<?, ?> fields : objects(map, "workers")) {
      workers.add(
          new WorkerStatus(
              (int) number(fields, "generation"),
              number(fields, "pid"),
              string(fields, "state"),
              string(fields, "release"),
              (int) number(fields, "connections"),
              number(fields, "uptime_s"),
              number(fields, "rss_bytes")));
    }
    Map<?, ?> last = map.get("last_reload") instanceof Map<?, ?> fields ? fields : Map.of();
    return new Status(
        string(map, "name"),
        number(map, "pid"),
        string(map, "version"),
        number(map, "started_ms"),
        string(map, "state"),
        (int) number(map, "generation"),
        string(map, "release"),
        listeners,
        workers,
        new LastReload(
            string(last, "verdict"),
            (int) number(last, "generation"),
            last.get("seconds") instanceof Number seconds ? seconds.doubleValue() : 0,
            string(last, "reason")));
  }

  private static List<Map<?, ?>> objects(Map<?, ?> map, String key) {
    List<Map<?, ?>> objects = new ArrayList<>();
    if (map.get(key) instanceof List<?> list) {
      for (@Nullable Object element : list) {
        if (element instanceof Map<?, ?> fields) {
          objects.add(fields);
        }
      }
    }
    return objects;
  }

  private static String string(Map<?, ?> map, String key) {
    return map.get(key) instanceof String text ? text : "";
  }

  private static long number(Map<?, ?> map, String key) {
    return map.get(key) instanceof Number number ? number.longValue() : 0;
  }
}
