package dev.graceful.agent.runtime.weave;

import java.lang.instrument.ClassFileTransformer;
import java.lang.instrument.Instrumentation;
import java.lang.instrument.UnmodifiableClassException;
import java.security.ProtectionDomain;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.objectweb.asm.ClassReader;
import org.objectweb.asm.ClassWriter;

/**
 * Puts the calls of {@link HookClasses#HOOK} in at points. Only bodies of methods change, as a
 * retransformation demands (java.lang.instrument).
 */
public final class Weaver implements ClassFileTransformer {
  private final Points points;
  private final Set<String> missing;
  private @Nullable Throwable failure;

  private Weaver(Points points) {
    this.points = points;
    this.missing = new LinkedHashSet<>(points.needs());
  }

  /**
   * Weaves the classes of the boot loader that the points name, on this thread.
   *
   * @param wanted if this JDK lacks something of these, they are all left out
   * @return null if the wanted ones are in, else why not
   * @throws IllegalStateException if this JDK lacks something of {@code needed}
   */
  public static @Nullable String weave(
      Instrumentation instrumentation, Points needed, Points wanted)
      throws UnmodifiableClassException {
    String why;
    try {
      new Weaver(needed.and(wanted)).weave(instrumentation);
      return null;
    } catch (IllegalStateException e) {
      // a retransformation begins with the class as it was, so what follows undoes it
      why = String.valueOf(e.getMessage());
    }
    // the classes that only the wanted points change are restored: nothing is woven into them
    Set<String> all = new LinkedHashSet<>(needed.classes());
    all.addAll(wanted.classes());
    new Weaver(needed).weave(instrumentation, all);
    return why;
  }

  private void weave(Instrumentation instrumentation) throws UnmodifiableClassException {
    weave(instrumentation, points.classes());
  }

  private void weave(Instrumentation instrumentation, Set<String> names)
      throws UnmodifiableClassException {
    List<Class<?>> classes = new ArrayList<>();
    for (String name : names) {
      try {
        classes.add(Class.forName(name.replace('/', '.'), false, null));
      } catch (ClassNotFoundException e) {
        // if it is needed, something stays missing
      }
    }
    instrumentation.addTransformer(this, true);
    try {
      instrumentation.retransformClasses(classes.toArray(new Class<?>[0]));
    } finally {
      instrumentation.removeTransformer(this);
    }
    if (failure != null) {
      throw new IllegalStateException("a class of this JDK cannot be changed", failure);
    }
    if (!missing.isEmpty()) {
      throw new IllegalStateException("this JDK has no " + missing);
    }
  }

  @Override
  public byte @Nullable [] transform(
      @Nullable ClassLoader loader,
      @Nullable String name,
      @Nullable Class<?> redefined,
      @Nullable ProtectionDomain domain,
      byte[] bytes) {
    if (loader != null || name == null || redefined == null) {
      return null;
    }
    try {
      if (!points.classes().contains(name)) {
        return null;
      }
      ClassReader reader = new ClassReader(bytes);
      // Not COMPUTE_MAXS: ASM computes the stack from frames, and the bytes that a retransformation
      // gets of a class that the JVM trusts have none. Too small a stack destroys memory.
      ClassWriter writer = new ClassWriter(reader, 0);
      reader.accept(new WovenClass(writer, name, points, missing), 0);
      return writer.toByteArray();
    } catch (Throwable e) {
      failure = e;
      return null;
    }
  }
}
