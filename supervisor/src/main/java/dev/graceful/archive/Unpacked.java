package dev.graceful.archive;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.Enumeration;
import java.util.List;
import java.util.Optional;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/**
 * Lays a Spring Boot jar out: its libraries, and a jar with the classes of the application itself.
 * The jar as it was stays part of the class path, in front, so that all that it has outside of
 * BOOT-INF, and even the paths inside, are found as before.
 */
final class Unpacked {
  /** Names the folders of the libraries, line by line. */
  static final String LIBRARIES = "libraries";

  private static final String MANIFEST = JarFile.MANIFEST_NAME;

  private Unpacked() {}

  /**
   * Lays it out.
   *
   * @param folder for the application's own classes; removed and made again if it is there
   * @return empty if the jar is to be run as it is
   */
  static Optional<Layout> of(Path jar, Path folder, Libraries libraries) throws IOException {
    try (JarFile file = new JarFile(jar.toFile(), false)) {
      Optional<SpringBootJar> boot = SpringBootJar.read(file);
      if (boot.isEmpty()) {
        return Optional.empty();
      }
      List<Path> places = new ArrayList<>();
      for (JarEntry library : boot.get().libraries()) {
        if (library.getSize() < 0 || library.getCrc() < 0) {
          return Optional.empty();
        }
        Path place = libraries.place(file, library, SpringBootJar.fileName(library));
        if (place.toString().indexOf(':') >= 0) {
          return Optional.empty();
        }
        places.add(place);
      }
      Files.createDirectories(folder);
      // before the first of them is used by it: who prunes reads this
      Files.write(folder.resolve(LIBRARIES), places.stream().map(Unpacked::folderName).toList());
      Path classes = folder.resolve("classes.jar");
      Path aside = folder.resolve(".classes.jar");
      copyClasses(file, aside);
      Files.move(aside, classes, StandardCopyOption.ATOMIC_MOVE);
      return Optional.of(new Layout(jar, places, List.of(jar, classes), boot.get().mainClass()));
    }
  }

  private static String folderName(Path library) {
    return library.getName(library.getNameCount() - 2).toString();
  }

  private static void copyClasses(JarFile file, Path target) throws IOException {
    String prefix = SpringBootJar.CLASSES;
    try (OutputStream out = Files.newOutputStream(target);
        ZipOutputStream zip = new ZipOutputStream(out)) {
      JarEntry manifest = file.getJarEntry(MANIFEST);
      if (manifest != null && file.getEntry(prefix + MANIFEST) == null) {
        copy(file, manifest, MANIFEST, zip);
      }
      for (Enumeration<JarEntry> entries = file.entries(); entries.hasMoreElements(); ) {
        JarEntry entry = entries.nextElement();
        String name = entry.getName();
        if (name.startsWith(prefix) && name.length() > prefix.length()) {
          copy(file, entry, name.substring(prefix.length()), zip);
        }
      }
    }
  }

  /** Stored, not deflated: it is read at each start, and small. */
  private static void copy(JarFile file, JarEntry entry, String name, ZipOutputStream zip)
      throws IOException {
    ZipEntry copy = new ZipEntry(name);
    copy.setMethod(ZipEntry.STORED);
    if (entry.getLastModifiedTime() != null) {
      copy.setLastModifiedTime(entry.getLastModifiedTime());
    }
    byte[] content;
    try (InputStream in = file.getInputStream(entry)) {
      content = in.readAllBytes();
    }
    java.util.zip.CRC32 crc = new java.util.zip.CRC32();
    crc.update(content);
    copy.setSize(content.length);
    copy.setCompressedSize(content.length);
    copy.setCrc(crc.getValue());
    zip.putNextEntry(copy);
    zip.write(content);
    zip.closeEntry();
  }
}
