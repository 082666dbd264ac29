package dev.graceful.release;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.jar.Attributes;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import java.util.zip.ZipEntry;

/** Jars as tests want them; their classes are empty files. */
final class TestJar {
  private final Manifest manifest = new Manifest();
  private final Map<String, byte[]> entries = new LinkedHashMap<>();

  TestJar() {
    manifest.getMainAttributes().put(Attributes.Name.MANIFEST_VERSION, "1.0");
  }

  static TestJar application(String version) {
    return new TestJar().main("app.Main").entry("app/Main.class", version);
  }

  TestJar main(String name) {
    manifest.getMainAttributes().put(Attributes.Name.MAIN_CLASS, name);
    return this;
  }

  TestJar classPath(String value) {
    manifest.getMainAttributes().put(Attributes.Name.CLASS_PATH, value);
    return this;
  }

  TestJar entry(String name, String content) {
    entries.put(name, content.getBytes(java.nio.charset.StandardCharsets.UTF_8));
    return this;
  }

  Path write(Path file) throws IOException {
    Files.createDirectories(file.getParent());
    try (OutputStream out = Files.newOutputStream(file);
        JarOutputStream jar = new JarOutputStream(out)) {
      put(jar, "META-INF/MANIFEST.MF");
      manifest.write(jar);
      for (Map.Entry<String, byte[]> entry : entries.entrySet()) {
        put(jar, entry.getKey());
        jar.write(entry.getValue());
      }
    }
    return file;
  }

  private static void put(JarOutputStream jar, String name) throws IOException {
    ZipEntry entry = new ZipEntry(name);
    entry.setTime(0); // the same content makes the same bytes
    jar.putNextEntry(entry);
  }
}
