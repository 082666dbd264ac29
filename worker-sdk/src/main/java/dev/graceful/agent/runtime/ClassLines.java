package dev.graceful.agent.runtime;

import java.io.File;
import java.io.IOException;
import java.net.JarURLConnection;
import java.net.URISyntaxException;
import java.net.URL;
import java.util.HashMap;
import java.util.Map;

/**
 * The list of classes that -XX:SharedClassListFile takes, with classes of a loader that is none of
 * the JDK's own: each names its superclass and its interfaces by their numbers, and the jar that it
 * comes from. The JVM uses what it has stored of such a class only for the very same bytes.
 */
final class ClassLines {
  /** The JVM itself numbers from 0 on where it writes such a list. */
  private static final int FIRST = 1_000_000;

  private final Map<Class<?>, Integer> numbers = new HashMap<>();
  private final StringBuilder text = new StringBuilder();

  /**
   * Adds a class, and before it what it extends and implements.
   *
   * @return its number
   * @throws IOException if it is not from a jar whose path can stand in such a list
   */
  int add(Class<?> type) throws IOException {
    Integer known = numbers.get(type);
    if (known != null) {
      return known;
    }
    StringBuilder line = new StringBuilder();
    if (type.getClassLoader() != null) {
      Class<?> superclass = type.getSuperclass();
      line.append(" super: ").append(add(superclass == null ? Object.class : superclass));
      if (type.getInterfaces().length > 0) {
        line.append(" interfaces:");
        for (Class<?> each : type.getInterfaces()) {
          line.append(' ').append(add(each));
        }
      }
      line.append(" source: ").append(jar(type));
    }
    int number = FIRST + numbers.size();
    numbers.put(type, number);
    text.append(name(type)).append(" id: ").append(number).append(line).append('\n');
    return number;
  }

  private static String jar(Class<?> type) throws IOException {
    URL entry = type.getClassLoader().getResource(name(type) + ".class");
    if (entry == null || !(entry.openConnection() instanceof JarURLConnection connection)) {
      throw new IOException(type + " is from no jar");
    }
    try {
      String path = new File(connection.getJarFileURL().toURI()).getPath();
      if (path.indexOf(' ') >= 0) {
        throw new IOException("a path ends at a blank: " + path);
      }
      return path;
    } catch (URISyntaxException e) {
      throw new IOException(e);
    }
  }

  private static String name(Class<?> type) {
    return type.getName().replace('.', '/');
  }

  @Override
  public String toString() {
    return text.toString();
  }
}
