package dev.graceful.agent;

import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Where the public API, in whatever class loader the application has put it, meets the runtime in
 * its own: both see the system class loader, and only types of the JDK pass.
 */
public final class Bridge {
  /**
   * Takes a command, element 0 a String that names it, and its arguments. Null until the runtime
   * has started, and for ever if it could not. Callable from any thread; throws nothing.
   */
  @SuppressWarnings("NonFinalStaticField")
  public static volatile @Nullable Function<Object[], @Nullable Object> call;

  private Bridge() {}
}
