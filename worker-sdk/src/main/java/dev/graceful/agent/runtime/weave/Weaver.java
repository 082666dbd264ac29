package dev.graceful.agent.runtime.weave;

import java.lang.instrument.ClassFileTransformer;
import java.lang.instrument.Instrumentation;
import java.lang.instrument.UnmodifiableClassException;
import java.security.ProtectionDomain;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Puts the calls of {@link HookClasses#HOOK} in at points. Only bodies of methods change, as a
 * retransformation demands (java.lang.instrument).
 */
public final class Weaver implements ClassFileTransformer {
  private final Points.Source source;
  private final Kept kept;
  private final Set<String> names;
  private final Set<String> missing = new LinkedHashSet<>();
  private final Set<String> done = ConcurrentHashMap.newKeySet();
  private @Nullable Points points;
  private volatile @Nullable Throwable failure;

  private Weaver(Points points, Kept kept) {
    this.source = new Known(points);
    this.kept = kept;
    this.names = points.classes();
    this.points = points;
    missing.addAll(points.needs());
  }

  private Weaver(Points.Source source, Kept kept, Set<String> names) {
    this.source = source;
    this.kept = kept;
    this.names = names;
  }

  private record Known(Points points) implements Points.Source {}

  /**
   * A weaver for what an earlier start of this JVM has woven, as each class is loaded. Those that
   * are there already are woven now.
   */
  public static ClassFileTransformer asKept(
      Instrumentation instrumentation, Points.Source points, Kept kept)
      throws UnmodifiableClassException {
    Weaver weaver = new Weaver(points, kept, kept.names());
    Set<String> early = new LinkedHashSet<>();
    for (Class<?> loaded : instrumentation.getAllLoadedClasses()) {
      if (loaded.getClassLoader() == null) {
        String name = loaded.getName().replace('.', '/');
        if (weaver.names.contains(name)) {
          early.add(name);
        }
      }
    }
    if (!early.isEmpty()) {
      weaver.weave(instrumentation, early);
    }
    return weaver;
  }

  /**
   * Weaves the classes of the boot loader that the points name, on this thread.
   *
   * @param wanted if this JDK lacks something of these, they are all left out
   * @param kept takes what is woven, if all of it is
   * @return null if the wanted ones are in, else why not
   * @throws IllegalStateException if this JDK lacks something of {@code needed}
   */
  public static @Nullable String weave(
      Instrumentation instrumentation, Points needed, Points wanted, Kept kept)
      throws UnmodifiableClassException {
    String why;
    try {
      new Weaver(needed.and(wanted), kept).weave(instrumentation);
      return null;
    } catch (IllegalStateException e) {
      // a retransformation begins with the class as it was, so what follows undoes it
      why = String.valueOf(e.getMessage());
      kept.forget();
    }
    // the classes that only the wanted points change are restored: nothing is woven into them
    Set<String> all = new LinkedHashSet<>(needed.classes());
    all.addAll(wanted.classes());
    new Weaver(needed, Kept.empty()).weave(instrumentation, all);
    return why;
  }

  private void weave(Instrumentation instrumentation) throws UnmodifiableClassException {
    weave(instrumentation, names);
    if (!missing.isEmpty()) {
      throw new IllegalStateException("this JDK has no " + missing);
    }
  }

  private void weave(Instrumentation instrumentation, Set<String> which)
      throws UnmodifiableClassException {
    List<Class<?>> classes = new ArrayList<>();
    instrumentation.addTransformer(this, true);
    try {
      for (String name : which) {
        try {
          // woven as it is loaded, or else below
          Class<?> type = Class.forName(name.replace('/', '.'), false, null);
          if (!done.contains(name)) {
            classes.add(type);
          }
        } catch (ClassNotFoundException e) {
          // if it is needed, something stays missing
        }
      }
      if (!classes.isEmpty()) {
        instrumentation.retransformClasses(classes.toArray(new Class<?>[0]));
      }
    } finally {
      instrumentation.removeTransformer(this);
    }
    if (failure != null) {
      throw new IllegalStateException("a class of this JDK cannot be changed", failure);
    }
  }

  @Override
  public byte @Nullable [] transform(
      @Nullable ClassLoader loader,
      @Nullable String name,
      @Nullable Class<?> redefined,
      @Nullable ProtectionDomain domain,
      byte[] bytes) {
    if (loader != null || name == null || !names.contains(name)) {
      return null;
    }
    try {
      byte[] known = kept.changed(name, bytes);
      byte[] woven = known != null ? known : weave(name, bytes);
      done.add(name);
      return woven;
    } catch (Throwable e) {
      failure = e;
      return null;
    }
  }

  private synchronized byte[] weave(String name, byte[] bytes) {
    Points now = points;
    if (now == null) {
      now = source.points();
      points = now;
    }
    byte[] woven = WovenClass.weave(name, bytes, now, missing);
    if (!kept.complete()) {
      kept.changed(name, bytes, woven);
    }
    return woven;
  }
}
