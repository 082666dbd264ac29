package dev.graceful.e2e.app;

import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.jar.Manifest;

/**
 * What a test server is told: {@code key=value} arguments of the command line, overridden by those
 * in the manifest's attribute Options, so that a jar can be replaced by one that behaves otherwise.
 */
record Settings(Map<String, String> values, List<String> arguments, String version) {

  static Settings read(String[] arguments) throws IOException {
    Manifest manifest;
    try (InputStream in = Settings.class.getResourceAsStream("/META-INF/MANIFEST.MF")) {
      manifest = new Manifest(in);
    }
    String options = manifest.getMainAttributes().getValue("Options");
    String version = manifest.getMainAttributes().getValue("Implementation-Version");
    Map<String, String> values = new HashMap<>();
    put(values, Arrays.asList(arguments));
    put(values, List.of((options == null ? "" : options).split(" ")));
    return new Settings(values, List.of(arguments), version == null ? "none" : version);
  }

  private static void put(Map<String, String> values, List<String> pairs) {
    for (String pair : pairs) {
      int equals = pair.indexOf('=');
      if (equals > 0) {
        values.put(pair.substring(0, equals), pair.substring(equals + 1));
      }
    }
  }

  String get(String key, String otherwise) {
    return values.getOrDefault(key, otherwise);
  }

  boolean has(String key) {
    return values.containsKey(key);
  }
}
