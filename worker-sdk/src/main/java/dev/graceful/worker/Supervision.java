package dev.graceful.worker;

import java.lang.reflect.Field;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The thread that leads to the supervisor, if there is one: a static field that the agent fills,
 * found by name in the system class loader, so that it is the same one for every class loader of
 * the application. A command is an array whose first element is its name.
 */
final class Supervision {
  private static final @Nullable Field CALL = find();

  private Supervision() {}

  private static @Nullable Field find() {
    try {
      return Class.forName("dev.graceful.agent.Bridge", true, ClassLoader.getSystemClassLoader())
          .getField("call");
    } catch (ReflectiveOperationException | LinkageError | SecurityException e) {
      return null; // not supervised: the usual case outside of production
    }
  }

  /** Whether an agent is here and at work. Asked each time: the agent may step aside. */
  static boolean present() {
    return function() != null;
  }

  /** Whether this worker's connections end with it, and do not pass to the next one. */
  static boolean connectionsStay() {
    return "drain".equals(call("connections"));
  }

  /** The agent's answer; null where there is none, or nobody to give it. */
  static @Nullable Object call(Object... command) {
    Function<Object[], @Nullable Object> function = function();
    if (function == null) {
      return null;
    }
    try {
      return function.apply(command);
    } catch (RuntimeException | LinkageError e) {
      return null; // a broken agent must look like no agent to the application
    }
  }

  @SuppressWarnings("unchecked") // the agent declares it so; an application cannot set it otherwise
  private static @Nullable Function<Object[], @Nullable Object> function() {
    if (CALL == null) {
      return null;
    }
    try {
      return (Function<Object[], @Nullable Object>) CALL.get(null);
    } catch (IllegalAccessException | ClassCastException e) {
      return null;
    }
  }
}
