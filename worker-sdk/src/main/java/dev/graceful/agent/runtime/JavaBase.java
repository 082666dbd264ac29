package dev.graceful.agent.runtime;

import java.io.FileDescriptor;
import java.lang.instrument.Instrumentation;
import java.lang.invoke.MethodHandles;
import java.lang.reflect.Field;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.nio.channels.Channel;
import java.util.Map;
import java.util.Set;

/**
 * What the runtime uses of java.base's inside. The packages are opened to the runtime's module
 * alone: the application sees nothing of it.
 */
final class JavaBase {
  private final Field number;

  private JavaBase(Field number) {
    this.number = number;
  }

  static JavaBase open(Instrumentation instrumentation) throws ReflectiveOperationException {
    Set<Module> us = Set.of(JavaBase.class.getModule());
    instrumentation.redefineModule(
        Object.class.getModule(),
        Set.of(),
        Map.of("jdk.internal.misc", us),
        Map.of(
            "sun.nio.ch", us,
            "java.nio.channels", us,
            "java.io", us,
            "java.lang", us,
            "jdk.internal.loader", us),
        Set.of(),
        Map.of());
    Field number = FileDescriptor.class.getDeclaredField("fd");
    number.setAccessible(true);
    if (Runtime.version().feature() >= 22) {
      Method allow = Module.class.getDeclaredMethod("implAddEnableNativeAccess");
      allow.setAccessible(true);
      allow.invoke(JavaBase.class.getModule());
    }
    return new JavaBase(number);
  }

  /** The number of a descriptor, -1 if it has none. */
  int number(FileDescriptor descriptor) {
    try {
      return number.getInt(descriptor);
    } catch (IllegalAccessException e) {
      throw new IllegalStateException(e);
    }
  }

  /** A lookup that can define classes in package sun.nio.ch. */
  MethodHandles.Lookup channels() throws ReflectiveOperationException {
    Class<?> net = Class.forName("sun.nio.ch.Net", false, null);
    return MethodHandles.privateLookupIn(net, MethodHandles.lookup());
  }

  /** A lookup that can define classes in package java.nio.channels, which everybody sees. */
  MethodHandles.Lookup publicChannels() throws IllegalAccessException {
    return MethodHandles.privateLookupIn(Channel.class, MethodHandles.lookup());
  }

  /**
   * Loads jffi's native part from {@code file} for our jffi, in place of its own way, which looks
   * into the application's classes first and unpacks to a temporary folder.
   */
  void loadJffi(String file) throws ReflectiveOperationException {
    ClassLoader loader = JavaBase.class.getClassLoader();
    Class<?> foreign = Class.forName("com.kenai.jffi.Foreign", false, loader);
    Method load = Runtime.class.getDeclaredMethod("load0", Class.class, String.class);
    load.setAccessible(true);
    try {
      load.invoke(Runtime.getRuntime(), foreign, file);
    } catch (InvocationTargetException e) {
      throw new IllegalStateException("cannot load " + file, e.getCause());
    }
    Field loaded = Class.forName("com.kenai.jffi.Init", false, loader).getDeclaredField("loaded");
    loaded.setAccessible(true);
    loaded.setBoolean(null, true);
  }
}
