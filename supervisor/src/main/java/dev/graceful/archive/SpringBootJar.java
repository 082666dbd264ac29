package dev.graceful.archive;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Enumeration;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.jar.Attributes;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import java.util.jar.Manifest;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A jar as Spring Boot's build plugins make it, with the application's classes and its libraries
 * inside, and a launcher that loads them from there (see "Executable Jar Format" in the reference
 * of Spring Boot).
 *
 * @param mainClass the application's own
 * @param libraries the entries with the libraries, in the order in which the launcher would search
 *     them
 */
record SpringBootJar(String mainClass, List<JarEntry> libraries) {
  static final String CLASSES = "BOOT-INF/classes/";
  private static final String LIBRARIES = "BOOT-INF/lib/";
  private static final String INDEX = "BOOT-INF/classpath.idx";
  private static final Pattern INDEX_LINE = Pattern.compile("\\s*-\\s*\"(.+)\"\\s*");

  private static final Set<String> LAUNCHERS =
      Set.of(
          "org.springframework.boot.loader.launch.JarLauncher",
          "org.springframework.boot.loader.JarLauncher");

  /** What java -jar heeds in a manifest, and java with a class path does not. */
  private static final List<String> UNUSUAL =
      List.of(
          "Add-Exports",
          "Add-Opens",
          "Enable-Native-Access",
          "Launcher-Agent-Class",
          "SplashScreen-Image",
          "Class-Path",
          "Sealed");

  /** Empty if it is another kind of jar, or there is anything unusual about it. */
  static Optional<SpringBootJar> read(JarFile jar) throws IOException {
    Manifest manifest = jar.getManifest();
    if (manifest == null || !manifest.getEntries().isEmpty()) {
      return Optional.empty();
    }
    Attributes main = manifest.getMainAttributes();
    String start = main.getValue("Start-Class");
    if (start == null
        || !LAUNCHERS.contains(String.valueOf(main.getValue(Attributes.Name.MAIN_CLASS)).trim())
        || !is(main, "Spring-Boot-Classes", CLASSES)
        || !is(main, "Spring-Boot-Lib", LIBRARIES)
        || UNUSUAL.stream().anyMatch(name -> main.getValue(name) != null)) {
      return Optional.empty();
    }
    Set<String> names = new LinkedHashSet<>(index(jar));
    Set<String> present = new HashSet<>();
    for (Enumeration<JarEntry> entries = jar.entries(); entries.hasMoreElements(); ) {
      String name = entries.nextElement().getName();
      if (name.startsWith("META-INF/") && name.endsWith(".SF")) {
        return Optional.empty(); // signed
      }
      if (name.startsWith(LIBRARIES) && name.length() > LIBRARIES.length()) {
        if (!name.endsWith(".jar") || name.indexOf('/', LIBRARIES.length()) >= 0) {
          return Optional.empty();
        }
        present.add(name);
        names.add(name);
      }
    }
    List<JarEntry> libraries = new ArrayList<>();
    for (String name : names) {
      if (present.contains(name)) {
        libraries.add(jar.getJarEntry(name));
      }
    }
    return Optional.of(new SpringBootJar(start.trim(), libraries));
  }

  private static boolean is(Attributes attributes, String name, String usual) {
    String value = attributes.getValue(name);
    return value == null || value.trim().equals(usual);
  }

  private static List<String> index(JarFile jar) throws IOException {
    List<String> names = new ArrayList<>();
    JarEntry index = jar.getJarEntry(INDEX);
    if (index != null) {
      try (InputStream in = jar.getInputStream(index)) {
        for (String line : new String(in.readAllBytes(), StandardCharsets.UTF_8).split("\n", -1)) {
          Matcher matcher = INDEX_LINE.matcher(line);
          if (matcher.matches()) {
            String name = matcher.group(1);
            names.add(name.startsWith(LIBRARIES) ? name : LIBRARIES + name);
          }
        }
      }
    }
    return names;
  }

  /** The file name of a library. */
  static Path fileName(JarEntry library) {
    return Path.of(library.getName().substring(LIBRARIES.length()));
  }
}
