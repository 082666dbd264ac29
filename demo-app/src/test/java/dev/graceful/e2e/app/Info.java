package dev.graceful.e2e.app;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** What a worker sees of its world, as lines {@code NAME=VALUE}. */
final class Info {
  private final List<String> lines = new ArrayList<>();

  Info(Settings settings) {
    add("args", String.join("|", settings.arguments()));
    add("cwd", Path.of("").toAbsolutePath().toString());
    add("java", Runtime.version().toString());
    System.getenv().forEach((name, value) -> add("env." + name, value));
    Map<String, String> properties = new TreeMap<>();
    System.getProperties().forEach((name, value) -> properties.put(name + "", value + ""));
    properties.forEach((name, value) -> add("property." + name, value));
    add("open", Boolean.toString(isOpen()));
  }

  /** Whether an attribute Add-Opens of the manifest has done its work. */
  private static boolean isOpen() {
    return Object.class.getModule().isOpen("java.math", Info.class.getModule());
  }

  synchronized void add(String name, String value) {
    lines.add(name + "=" + value.replace("\n", "\\n"));
  }

  synchronized String text() {
    return String.join("\n", lines);
  }
}
