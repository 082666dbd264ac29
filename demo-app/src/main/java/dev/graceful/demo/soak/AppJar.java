package dev.graceful.demo.soak;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.jar.Attributes;
import java.util.jar.JarFile;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;

/** Builds jars out of classes of this class path, with manifests as one likes. */
public final class AppJar {
  private final Map<String, String> attributes = new LinkedHashMap<>();
  private final Map<String, byte[]> entries = new TreeMap<>();

  /** A main attribute of the manifest. */
  public AppJar attribute(String name, String value) {
    attributes.put(name, value);
    return this;
  }

  /** A file in the jar. */
  public AppJar entry(String name, byte[] content) {
    entries.put(name, content);
    return this;
  }

  /** All classes of the package of {@code member}, without its sub-packages. */
  public AppJar packageOf(Class<?> member) {
    String folder = member.getPackageName().replace('.', '/');
    try {
      Path source = Path.of(member.getProtectionDomain().getCodeSource().getLocation().toURI());
      if (Files.isDirectory(source)) {
        fromFolder(source.resolve(folder), folder);
      } else {
        fromJar(source, folder);
      }
      return this;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (URISyntaxException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Moves all that is in it into a folder of the jar. */
  public AppJar inside(String folder) {
    Map<String, byte[]> before = new TreeMap<>(entries);
    entries.clear();
    before.forEach((name, content) -> entries.put(folder + name, content));
    return this;
  }

  private void fromFolder(Path folder, String name) throws IOException {
    List<Path> files;
    try (Stream<Path> list = Files.list(folder)) {
      files = list.filter(file -> file.toString().endsWith(".class")).toList();
    }
    for (Path file : files) {
      entries.put(name + "/" + file.getFileName(), Files.readAllBytes(file));
    }
  }

  private void fromJar(Path jar, String folder) throws IOException {
    try (JarFile file = new JarFile(jar.toFile())) {
      for (var entry : file.stream().toList()) {
        String name = entry.getName();
        if (name.endsWith(".class")
            && name.lastIndexOf('/') == folder.length()
            && name.startsWith(folder)) {
          try (InputStream in = file.getInputStream(entry)) {
            entries.put(name, in.readAllBytes());
          }
        }
      }
    }
  }

  /** Puts the jar in place as a careful user does: written aside, then renamed. */
  public Path moveTo(Path target) {
    try {
      Path aside = target.resolveSibling("." + target.getFileName() + ".new");
      write(aside);
      return Files.move(
          aside, target, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Puts the jar in place as a careless user does: {@code cat new.jar > target}. */
  public Path overwrite(Path target) {
    try {
      return write(target);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private Path write(Path target) throws IOException {
    Manifest manifest = new Manifest();
    manifest.getMainAttributes().put(Attributes.Name.MANIFEST_VERSION, "1.0");
    attributes.forEach(manifest.getMainAttributes()::putValue);
    try (OutputStream file = Files.newOutputStream(target);
        JarOutputStream jar = new JarOutputStream(file, manifest)) {
      for (Map.Entry<String, byte[]> entry : entries.entrySet()) {
        jar.putNextEntry(new ZipEntry(entry.getKey()));
        jar.write(entry.getValue());
        jar.closeEntry();
      }
    }
    return target;
  }
}
