package dev.graceful.agent.runtime;

import java.io.File;
import java.lang.reflect.Constructor;
import java.lang.reflect.Field;
import java.lang.reflect.Method;
import java.net.URL;

/**
 * Gives the application the class path that it would have by itself. An archive of class data wants
 * the libraries first; what an application finds must come from its own files first. So the JVM is
 * started with the libraries first, and before the application's main class is looked for, the
 * system class loader gets the right order.
 */
final class ClassPath {
  private static final String PROPERTY = "java.class.path";

  private ClassPath() {}

  /**
   * Puts the last {@code first} elements first. The property names the very first of them only, as
   * it does under java -jar.
   */
  static void order(int first) throws ReflectiveOperationException {
    String[] given = System.getProperty(PROPERTY).split(File.pathSeparator, -1);
    int libraries = given.length - first;
    StringBuilder path = new StringBuilder();
    for (int i = 0; i < given.length; i++) {
      path.append(i == 0 ? "" : File.pathSeparator);
      path.append(given[(libraries + i) % given.length]);
    }
    ClassLoader system = ClassLoader.getSystemClassLoader();
    Class<?> type = Class.forName("jdk.internal.loader.URLClassPath");
    Constructor<?> make = type.getDeclaredConstructor(String.class, boolean.class);
    make.setAccessible(true);
    Object ordered = make.newInstance(path.toString(), false);
    boolean done = false;
    for (Class<?> from = system.getClass(); from != null; from = from.getSuperclass()) {
      for (Field field : from.getDeclaredFields()) {
        if (field.getType() == type) {
          field.setAccessible(true);
          if (!done) {
            addAgents(type, field.get(system), ordered, given.length);
          }
          field.set(system, ordered);
          done = true;
        }
      }
    }
    if (!done) {
      throw new NoSuchFieldException("class path of " + system);
    }
    System.setProperty(PROPERTY, given[libraries]);
  }

  /** Those that the JVM has added behind the class path. */
  private static void addAgents(Class<?> type, Object from, Object to, int known)
      throws ReflectiveOperationException {
    Method getUrls = type.getMethod("getURLs");
    getUrls.setAccessible(true);
    Method add = type.getMethod("addURL", URL.class);
    add.setAccessible(true);
    URL[] urls = (URL[]) getUrls.invoke(from);
    for (int i = known; i < urls.length; i++) {
      add.invoke(to, urls[i]);
    }
  }
}
