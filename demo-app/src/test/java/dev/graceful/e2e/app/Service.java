package dev.graceful.e2e.app;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** What the test server answers, whatever its listener is. */
final class Service {
  private final Settings settings;
  private final Gates gates;
  private final Info info;

  Service(Settings settings, Gates gates, Info info) {
    this.settings = settings;
    this.gates = gates;
    this.info = info;
  }

  String version() {
    return settings.version();
  }

  Reply answer(String target, byte[] body) throws IOException {
    int mark = target.indexOf('?');
    String path = mark < 0 ? target : target.substring(0, mark);
    Map<String, String> query = query(mark < 0 ? "" : target.substring(mark + 1));
    switch (path) {
      case "/":
        return Reply.text("hello from " + version());
      case "/echo":
        return new Reply(200, body);
      case "/slow":
        pause(Long.parseLong(query.getOrDefault("ms", "1000")));
        return Reply.text("hello from " + version());
      case "/gate":
        gates.pass(query.getOrDefault("name", "gate"));
        return Reply.text("hello from " + version());
      case "/pid":
        return Reply.text(Long.toString(ProcessHandle.current().pid()));
      case "/info":
        return Reply.text(info.text());
      case "/lazy":
        return Reply.text(Lazy.say());
      case "/greeting":
        return Reply.text(resource("/greeting.txt"));
      case "/lie":
        return Reply.text(
            ""
                + Liar.lie(
                    query.getOrDefault("socket", ""),
                    Integer.parseInt(query.getOrDefault("generation", "1")),
                    Integer.parseInt(query.getOrDefault("frames", "1")),
                    Long.parseLong(query.getOrDefault("seed", "1"))));
      case "/orphan":
        return Reply.text(Orphan.leave());
      case "/print":
        System.out.println("out " + query.get("line"));
        System.err.println("err " + query.get("line"));
        return Reply.text("printed");
      default:
        return new Reply(404, path.getBytes(StandardCharsets.UTF_8));
    }
  }

  private static String resource(String name) throws IOException {
    try (InputStream in = Service.class.getResourceAsStream(name)) {
      return in == null ? "no " + name : new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  private static void pause(long millis) {
    try {
      TimeUnit.MILLISECONDS.sleep(millis);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static Map<String, String> query(String text) {
    Map<String, String> query = new HashMap<>();
    for (String pair : text.split("&")) {
      int equals = pair.indexOf('=');
      if (equals > 0) {
        query.put(pair.substring(0, equals), pair.substring(equals + 1));
      }
    }
    return query;
  }
}
