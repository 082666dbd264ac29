package dev.graceful.agent.runtime;

import dev.graceful.agent.runtime.weave.Kept;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.lang.instrument.Instrumentation;
import java.net.URISyntaxException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Enumeration;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;

/**
 * Writes down, once this start has come to rest, what it has made and what later starts load of
 * ours: the classes themselves, and beside them the list that has the JVM store them in a
 * class-data archive.
 */
record Keep(Kept kept, File file, Instrumentation instrumentation) implements Runnable {
  private static final long SETTLE_MILLIS = 1_500;

  /** Makes what is kept then; a start that finds it does without. */
  private static final String ASM = "org.objectweb.";

  /** Wanted at the moment of a take-over, and not before it. */
  private static final String[] AT_A_TAKE_OVER = {
    "dev/graceful/agent/runtime/framing/", "dev/graceful/agent/runtime/move/", "dev/graceful/wire/"
  };

  private static final String CLASS = ".class";

  @Override
  public void run() {
    try {
      Thread.sleep(SETTLE_MILLIS);
      URLClassLoader loader = (URLClassLoader) Keep.class.getClassLoader();
      Map<String, Class<?>> ours = ours(loader);
      Map<String, byte[]> classes = new HashMap<>();
      for (String name : ours.keySet()) {
        try (InputStream in = loader.getResourceAsStream(name.replace('.', '/') + CLASS)) {
          if (in != null) {
            classes.put(name, in.readAllBytes());
          }
        }
      }
      ours.keySet().retainAll(classes.keySet()); // the others were made, not read
      writeList(ours);
      kept.write(file, classes);
    } catch (Exception | LinkageError e) {
      // the next start makes it again
    }
  }

  private Map<String, Class<?>> ours(URLClassLoader loader)
      throws IOException, ClassNotFoundException, URISyntaxException {
    Map<String, Class<?>> ours = new TreeMap<>();
    for (URL jar : loader.getURLs()) {
      try (JarFile file = new JarFile(new File(jar.toURI()), false)) {
        for (Enumeration<JarEntry> all = file.entries(); all.hasMoreElements(); ) {
          String entry = all.nextElement().getName();
          if (entry.endsWith(CLASS) && isForATakeOver(entry)) {
            String name = entry.substring(0, entry.length() - CLASS.length()).replace('/', '.');
            ours.put(name, Class.forName(name, false, loader));
          }
        }
      }
    }
    for (Class<?> loaded : instrumentation.getInitiatedClasses(loader)) {
      if (loaded.getClassLoader() == loader && !loaded.getName().startsWith(ASM)) {
        ours.put(loaded.getName(), loaded);
      }
    }
    return ours;
  }

  private static boolean isForATakeOver(String entry) {
    for (String each : AT_A_TAKE_OVER) {
      if (entry.startsWith(each) && !entry.endsWith("package-info.class")) {
        return true;
      }
    }
    return false;
  }

  private void writeList(Map<String, Class<?>> ours) {
    Path list = list(file.toPath());
    Path aside = Path.of(list + "." + ProcessHandle.current().pid());
    try {
      ClassLines lines = new ClassLines();
      for (Class<?> type : ours.values()) {
        lines.add(type);
      }
      Files.writeString(aside, lines.toString(), StandardCharsets.UTF_8);
      Files.move(aside, list, StandardCopyOption.ATOMIC_MOVE);
    } catch (IOException e) {
      boolean gone = aside.toFile().delete(); // archives are made without ours
      assert gone || !Files.exists(aside);
    }
  }

  /** Where the list is, beside that file. */
  static Path list(Path kept) {
    String name = String.valueOf(kept.getFileName());
    return kept.resolveSibling(name.replaceFirst("\\.kept$", "") + ".classes");
  }
}
