package dev.graceful.agent.runtime.weave;

import static org.objectweb.asm.Opcodes.AALOAD;
import static org.objectweb.asm.Opcodes.ACC_ABSTRACT;
import static org.objectweb.asm.Opcodes.ACC_FINAL;
import static org.objectweb.asm.Opcodes.ACC_PRIVATE;
import static org.objectweb.asm.Opcodes.ACC_PUBLIC;
import static org.objectweb.asm.Opcodes.ACC_STATIC;
import static org.objectweb.asm.Opcodes.ALOAD;
import static org.objectweb.asm.Opcodes.ASTORE;
import static org.objectweb.asm.Opcodes.BIPUSH;
import static org.objectweb.asm.Opcodes.CHECKCAST;
import static org.objectweb.asm.Opcodes.F_SAME;
import static org.objectweb.asm.Opcodes.GETFIELD;
import static org.objectweb.asm.Opcodes.GETSTATIC;
import static org.objectweb.asm.Opcodes.IFEQ;
import static org.objectweb.asm.Opcodes.IFNULL;
import static org.objectweb.asm.Opcodes.IF_ICMPEQ;
import static org.objectweb.asm.Opcodes.ILOAD;
import static org.objectweb.asm.Opcodes.INVOKESPECIAL;
import static org.objectweb.asm.Opcodes.INVOKESTATIC;
import static org.objectweb.asm.Opcodes.INVOKEVIRTUAL;
import static org.objectweb.asm.Opcodes.IRETURN;
import static org.objectweb.asm.Opcodes.ISTORE;
import static org.objectweb.asm.Opcodes.PUTFIELD;
import static org.objectweb.asm.Opcodes.PUTSTATIC;
import static org.objectweb.asm.Opcodes.RETURN;
import static org.objectweb.asm.Opcodes.V17;

import java.lang.invoke.MethodHandles;
import java.util.ArrayList;
import java.util.List;
import org.objectweb.asm.ClassWriter;
import org.objectweb.asm.Label;
import org.objectweb.asm.MethodVisitor;
import org.objectweb.asm.Type;

/**
 * Makes the three classes between the JDK's call sites and the hooks:
 *
 * <pre>
 * call site -> {@link #HOOK}, static methods, in the JDK's package: may make the original call
 *           -> {@link #CALLS}, abstract, in the JDK's package: what both sides can name
 *           -> a subclass in this module: calls the targets
 * </pre>
 *
 * <p>Plain calls through a static final field: the JIT sees through them, and unlike method handles
 * they cost nothing at the JVM's start.
 */
public final class HookClasses {
  static final String HOOK = "sun/nio/ch/GracefulHook";
  static final String CALLS = "sun/nio/ch/GracefulCalls";
  private static final String TARGETS = "dev/graceful/agent/runtime/weave/Targets";

  private HookClasses() {}

  /**
   * Defines the classes.
   *
   * @param jdk a full-power lookup in package sun.nio.ch of java.base
   * @param targets the instances that carry the hooks, one of each target class, in the order in
   *     which they were when the classes were kept
   */
  public static void define(
      MethodHandles.Lookup jdk, Points.Source points, List<Object> targets, Kept kept)
      throws ReflectiveOperationException {
    byte[] calls = kept.made(CALLS);
    byte[] made = kept.made(TARGETS);
    byte[] hook = kept.made(HOOK);
    if (calls == null || made == null || hook == null) {
      Points all = points.points();
      List<Class<?>> types = new ArrayList<>();
      for (Object target : targets) {
        types.add(target.getClass());
      }
      calls = kept.made(CALLS, calls(all.calls()));
      made = kept.made(TARGETS, targets(all.calls(), types));
      hook = kept.made(HOOK, hook(all));
    }
    Class<?> abstraction = jdk.defineClass(calls);
    Object instance =
        MethodHandles.lookup()
            .defineClass(made)
            .getConstructor(Object[].class)
            .newInstance((Object) targets.toArray());
    abstraction.getField("target").set(null, instance);
    jdk.defineClass(hook);
  }

  private static byte[] calls(List<HookCall> hooks) {
    ClassWriter writer = new ClassWriter(0);
    writer.visit(V17, ACC_PUBLIC | ACC_ABSTRACT, CALLS, null, "java/lang/Object", null);
    writer.visitField(ACC_PUBLIC | ACC_STATIC, "target", type(CALLS), null, null).visitEnd();
    MethodVisitor init = writer.visitMethod(ACC_PUBLIC, "<init>", "()V", null, null);
    init.visitCode();
    init.visitVarInsn(ALOAD, 0);
    init.visitMethodInsn(INVOKESPECIAL, "java/lang/Object", "<init>", "()V", false);
    init.visitInsn(RETURN);
    init.visitMaxs(1, 1);
    init.visitEnd();
    for (HookCall hook : hooks) {
      int access = ACC_PUBLIC | ACC_ABSTRACT;
      writer.visitMethod(access, hook.name(), hook.descriptor(), null, null).visitEnd();
    }
    writer.visitEnd();
    return writer.toByteArray();
  }

  private static byte[] targets(List<HookCall> hooks, List<Class<?>> types) {
    ClassWriter writer = new ClassWriter(ClassWriter.COMPUTE_MAXS);
    writer.visit(V17, ACC_PUBLIC | ACC_FINAL, TARGETS, null, CALLS, null);
    MethodVisitor init =
        writer.visitMethod(ACC_PUBLIC, "<init>", "([Ljava/lang/Object;)V", null, null);
    init.visitCode();
    init.visitVarInsn(ALOAD, 0);
    init.visitMethodInsn(INVOKESPECIAL, CALLS, "<init>", "()V", false);
    for (int i = 0; i < types.size(); i++) {
      String name = Type.getInternalName(types.get(i));
      writer.visitField(ACC_PRIVATE | ACC_FINAL, "t" + i, type(name), null, null).visitEnd();
      init.visitVarInsn(ALOAD, 0);
      init.visitVarInsn(ALOAD, 1);
      init.visitIntInsn(BIPUSH, i);
      init.visitInsn(AALOAD);
      init.visitTypeInsn(CHECKCAST, name);
      init.visitFieldInsn(PUTFIELD, TARGETS, "t" + i, type(name));
    }
    init.visitInsn(RETURN);
    init.visitMaxs(3, 2);
    init.visitEnd();
    for (HookCall hook : hooks) {
      int index = types.indexOf(hook.target());
      if (index < 0) {
        throw new IllegalArgumentException("no instance of " + hook.target());
      }
      String name = Type.getInternalName(hook.target());
      String descriptor = hook.descriptor();
      MethodVisitor body = writer.visitMethod(ACC_PUBLIC, hook.name(), descriptor, null, null);
      body.visitCode();
      body.visitVarInsn(ALOAD, 0);
      body.visitFieldInsn(GETFIELD, TARGETS, "t" + index, type(name));
      load(body, Type.getArgumentTypes(descriptor), 1);
      body.visitMethodInsn(INVOKEVIRTUAL, name, hook.name(), descriptor, false);
      body.visitInsn(Type.getReturnType(descriptor).getOpcode(IRETURN));
      int size = Type.getArgumentsAndReturnSizes(descriptor) >> 2;
      body.visitMaxs(size + 1, size);
      body.visitEnd();
    }
    writer.visitEnd();
    return writer.toByteArray();
  }

  private static byte[] hook(Points points) {
    ClassWriter writer = new ClassWriter(ClassWriter.COMPUTE_MAXS);
    writer.visit(V17, ACC_FINAL, HOOK, null, "java/lang/Object", null);
    int constant = ACC_PRIVATE | ACC_STATIC | ACC_FINAL;
    writer.visitField(constant, "CALLS", type(CALLS), null, null).visitEnd();
    MethodVisitor init = writer.visitMethod(ACC_STATIC, "<clinit>", "()V", null, null);
    init.visitCode();
    init.visitFieldInsn(GETSTATIC, CALLS, "target", type(CALLS));
    init.visitFieldInsn(PUTSTATIC, HOOK, "CALLS", type(CALLS));
    init.visitInsn(RETURN);
    init.visitMaxs(1, 0);
    init.visitEnd();
    for (HookPoint site : points.sites()) {
      standIn(writer, site);
    }
    for (BodyPoint point : points.bodies()) {
      for (HookCall hook : point.calls()) {
        forward(writer, hook);
      }
    }
    writer.visitEnd();
    return writer.toByteArray();
  }

  private static void standIn(ClassWriter writer, HookPoint point) {
    String descriptor = point.standInDescriptor();
    MethodVisitor body = writer.visitMethod(ACC_STATIC, point.hook(), descriptor, null, null);
    Type result = Type.getReturnType(descriptor);
    int locals = Type.getArgumentsAndReturnSizes(descriptor) >> 2;
    int receiver = point.callee().isStatic() ? 0 : 1;
    body.visitCode();
    body.visitFieldInsn(GETSTATIC, HOOK, "CALLS", type(CALLS));
    load(body, Type.getArgumentTypes(point.hookDescriptor()), receiver);
    body.visitMethodInsn(INVOKEVIRTUAL, CALLS, point.hook(), point.hookDescriptor(), false);
    Label original = new Label();
    switch (point.effect()) {
      case FIRST -> {}
      case UNLESS_DONE -> {
        body.visitJumpInsn(IFEQ, original);
        body.visitInsn(RETURN);
        body.visitLabel(original);
        body.visitFrame(F_SAME, 0, null, 0, null);
      }
      case AROUND -> body.visitVarInsn(ASTORE, locals);
      case UNLESS_ANSWERED, UNLESS_ANSWERED_THEN -> {
        body.visitVarInsn(result.getOpcode(ISTORE), locals);
        body.visitVarInsn(result.getOpcode(ILOAD), locals);
        if (result.getSort() == Type.INT) {
          body.visitLdcInsn(HookPoint.NOT_ANSWERED);
          body.visitJumpInsn(IF_ICMPEQ, original);
        } else {
          body.visitJumpInsn(IFNULL, original);
        }
        body.visitVarInsn(result.getOpcode(ILOAD), locals);
        body.visitInsn(result.getOpcode(IRETURN));
        body.visitLabel(original);
        body.visitFrame(F_SAME, 0, null, 0, null);
      }
    }
    HookPoint.Method callee = point.callee();
    if (!callee.isStatic()) {
      body.visitVarInsn(ALOAD, 0);
    }
    load(body, Type.getArgumentTypes(callee.descriptor()), receiver);
    int call = callee.isStatic() ? INVOKESTATIC : INVOKEVIRTUAL;
    body.visitMethodInsn(call, callee.owner(), callee.name(), callee.descriptor(), false);
    if (point.calls().size() > 1) {
      body.visitVarInsn(result.getOpcode(ISTORE), locals + 1);
      body.visitFieldInsn(GETSTATIC, HOOK, "CALLS", type(CALLS));
      if (point.effect() == HookPoint.Effect.AROUND) {
        body.visitVarInsn(ALOAD, locals);
      }
      body.visitVarInsn(result.getOpcode(ILOAD), locals + 1);
      load(body, Type.getArgumentTypes(point.hookDescriptor()), receiver);
      String after = HookPoint.after(point.hook());
      body.visitMethodInsn(INVOKEVIRTUAL, CALLS, after, point.afterDescriptor(), false);
      body.visitVarInsn(result.getOpcode(ILOAD), locals + 1);
    }
    body.visitInsn(result.getOpcode(IRETURN));
    body.visitMaxs(locals + 1, locals + 1);
    body.visitEnd();
  }

  private static void forward(ClassWriter writer, HookCall hook) {
    String descriptor = hook.descriptor();
    MethodVisitor body = writer.visitMethod(ACC_STATIC, hook.name(), descriptor, null, null);
    body.visitCode();
    body.visitFieldInsn(GETSTATIC, HOOK, "CALLS", type(CALLS));
    load(body, Type.getArgumentTypes(descriptor), 0);
    body.visitMethodInsn(INVOKEVIRTUAL, CALLS, hook.name(), descriptor, false);
    body.visitInsn(Type.getReturnType(descriptor).getOpcode(IRETURN));
    body.visitMaxs(0, 0);
    body.visitEnd();
  }

  static void load(MethodVisitor body, Type[] types, int first) {
    int local = first;
    for (Type type : types) {
      body.visitVarInsn(type.getOpcode(ILOAD), local);
      local += type.getSize();
    }
  }

  private static String type(String internalName) {
    return "L" + internalName + ";";
  }
}
