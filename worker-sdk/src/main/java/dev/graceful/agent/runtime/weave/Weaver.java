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
import org.objectweb.asm.ClassVisitor;
import org.objectweb.asm.ClassWriter;
import org.objectweb.asm.MethodVisitor;
import org.objectweb.asm.Opcodes;

/**
 * Redirects the calls of hook points to {@link HookClasses#HOOK}. Only bodies of methods change, as
 * a retransformation demands (java.lang.instrument).
 */
public final class Weaver implements ClassFileTransformer {
  private final List<HookPoint> points;
  private final Set<String> missing = new LinkedHashSet<>();
  private @Nullable Throwable failure;

  private Weaver(List<HookPoint> points) {
    this.points = points;
    for (HookPoint point : points) {
      for (String caller : point.callers()) {
        missing.add(site(point, caller));
      }
    }
  }

  /**
   * Weaves the classes of the boot loader that the points name, on this thread.
   *
   * @throws IllegalStateException if this JDK has not the calls that were expected
   */
  public static void weave(Instrumentation instrumentation, List<HookPoint> points)
      throws ClassNotFoundException, UnmodifiableClassException {
    Weaver weaver = new Weaver(points);
    Set<String> callers = new LinkedHashSet<>();
    for (HookPoint point : points) {
      callers.addAll(point.callers());
    }
    List<Class<?>> classes = new ArrayList<>();
    for (String caller : callers) {
      classes.add(Class.forName(caller.replace('/', '.'), false, null));
    }
    instrumentation.addTransformer(weaver, true);
    try {
      instrumentation.retransformClasses(classes.toArray(new Class<?>[0]));
    } finally {
      instrumentation.removeTransformer(weaver);
    }
    if (weaver.failure != null) {
      throw new IllegalStateException("a class of this JDK cannot be changed", weaver.failure);
    }
    if (!weaver.missing.isEmpty()) {
      throw new IllegalStateException("this JDK has no call of " + weaver.missing);
    }
  }

  private static String site(HookPoint point, String caller) {
    return point.callee().owner() + "." + point.callee().name() + " in " + caller;
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
    List<HookPoint> here = new ArrayList<>();
    for (HookPoint point : points) {
      if (point.callers().contains(name)) {
        here.add(point);
      }
    }
    if (here.isEmpty()) {
      return null;
    }
    try {
      ClassReader reader = new ClassReader(bytes);
      // Not COMPUTE_MAXS: ASM computes the stack from frames, and the bytes that a retransformation
      // gets of a class that the JVM trusts have none. Too small a stack destroys memory.
      ClassWriter writer = new ClassWriter(reader, 0);
      reader.accept(new Redirect(writer, name, here), 0);
      return writer.toByteArray();
    } catch (Throwable e) {
      failure = e;
      return null;
    }
  }

  private final class Redirect extends ClassVisitor {
    private final String caller;
    private final List<HookPoint> here;

    Redirect(ClassVisitor next, String caller, List<HookPoint> here) {
      super(Opcodes.ASM9, next);
      this.caller = caller;
      this.here = here;
    }

    @Override
    public MethodVisitor visitMethod(
        int access,
        String method,
        String descriptor,
        @Nullable String signature,
        String @Nullable [] exceptions) {
      MethodVisitor next = super.visitMethod(access, method, descriptor, signature, exceptions);
      return new MethodVisitor(Opcodes.ASM9, next) {
        private int more;

        @Override
        public void visitMethodInsn(
            int opcode, String owner, String name, String descriptor, boolean isInterface) {
          HookPoint point = point(owner, name, descriptor);
          if (point == null) {
            super.visitMethodInsn(opcode, owner, name, descriptor, isInterface);
            return;
          }
          missing.remove(site(point, caller));
          if (point.flag() != null) {
            more = 1; // it lies on top of the call's own arguments
            super.visitVarInsn(Opcodes.ALOAD, 0);
            super.visitFieldInsn(Opcodes.GETFIELD, caller, point.flag(), "Z");
          }
          String standIn = point.standInDescriptor();
          super.visitMethodInsn(
              Opcodes.INVOKESTATIC, HookClasses.HOOK, point.hook(), standIn, false);
        }

        @Override
        public void visitMaxs(int maxStack, int maxLocals) {
          super.visitMaxs(maxStack + more, maxLocals);
        }
      };
    }

    private @Nullable HookPoint point(String owner, String name, String descriptor) {
      for (HookPoint point : here) {
        HookPoint.Method callee = point.callee();
        if (callee.name().equals(name)
            && callee.owner().equals(owner)
            && callee.descriptor().equals(descriptor)) {
          return point;
        }
      }
      return null;
    }
  }
}
