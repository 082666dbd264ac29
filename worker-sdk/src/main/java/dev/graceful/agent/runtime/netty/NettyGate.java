package dev.graceful.agent.runtime.netty;

import static org.objectweb.asm.Opcodes.ACC_ABSTRACT;
import static org.objectweb.asm.Opcodes.ACC_FINAL;
import static org.objectweb.asm.Opcodes.ACC_PRIVATE;
import static org.objectweb.asm.Opcodes.ACC_PUBLIC;
import static org.objectweb.asm.Opcodes.ACC_STATIC;
import static org.objectweb.asm.Opcodes.ALOAD;
import static org.objectweb.asm.Opcodes.GETFIELD;
import static org.objectweb.asm.Opcodes.GETSTATIC;
import static org.objectweb.asm.Opcodes.ILOAD;
import static org.objectweb.asm.Opcodes.INVOKESPECIAL;
import static org.objectweb.asm.Opcodes.INVOKEVIRTUAL;
import static org.objectweb.asm.Opcodes.IRETURN;
import static org.objectweb.asm.Opcodes.PUTFIELD;
import static org.objectweb.asm.Opcodes.PUTSTATIC;
import static org.objectweb.asm.Opcodes.RETURN;
import static org.objectweb.asm.Opcodes.V17;

import java.lang.invoke.MethodHandles;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.util.ArrayList;
import java.util.List;
import org.objectweb.asm.ClassWriter;
import org.objectweb.asm.MethodVisitor;
import org.objectweb.asm.Type;

/**
 * The way from Netty's classes, in whatever class loader and module, to {@link NettyHooks}:
 *
 * <pre>
 * woven code -> {@link #HOLDER}.CALLS, public in an exported package of java.base: seen everywhere
 *            -> {@link #CALLS}, abstract, beside it: what both sides can name
 *            -> a subclass in this package: calls the hooks
 * </pre>
 *
 * <p>So nothing has to be opened or exported to the application, and the JIT sees through it all.
 */
final class NettyGate {
  private static final String CALLS = "java/nio/channels/GracefulNettyCalls";
  private static final String HOLDER = "java/nio/channels/GracefulNetty";
  private static final String TARGET = "dev/graceful/agent/runtime/netty/NettyTarget";
  private static final String HOOKS = Type.getInternalName(NettyHooks.class);
  private static final String OBJECT = "java/lang/Object";

  private NettyGate() {}

  /**
   * Defines the classes.
   *
   * @param jdk a full-power lookup in package java.nio.channels of java.base
   */
  static void open(MethodHandles.Lookup jdk, NettyHooks hooks) throws ReflectiveOperationException {
    Class<?> calls = jdk.defineClass(calls());
    Object target =
        MethodHandles.lookup()
            .defineClass(target())
            .getConstructor(NettyHooks.class)
            .newInstance(hooks);
    calls.getField("target").set(null, target);
    jdk.defineClass(holder());
  }

  /** In woven code: puts what {@link #call} needs below the arguments. */
  static void prepare(MethodVisitor code) {
    code.visitFieldInsn(GETSTATIC, HOLDER, "CALLS", type(CALLS));
  }

  /** In woven code: calls the hook {@code name} with the arguments on the stack. */
  static void call(MethodVisitor code, String name) {
    for (Method hook : hooks()) {
      if (hook.getName().equals(name)) {
        String descriptor = Type.getMethodDescriptor(hook);
        code.visitMethodInsn(INVOKEVIRTUAL, CALLS, name, descriptor, false);
        return;
      }
    }
    throw new IllegalArgumentException("no hook " + name);
  }

  private static List<Method> hooks() {
    List<Method> hooks = new ArrayList<>();
    for (Method method : NettyHooks.class.getDeclaredMethods()) {
      if (Modifier.isPublic(method.getModifiers())) {
        hooks.add(method);
      }
    }
    return hooks;
  }

  private static byte[] calls() {
    ClassWriter writer = new ClassWriter(ClassWriter.COMPUTE_MAXS);
    writer.visit(V17, ACC_PUBLIC | ACC_ABSTRACT, CALLS, null, OBJECT, null);
    writer.visitField(ACC_PUBLIC | ACC_STATIC, "target", type(CALLS), null, null).visitEnd();
    MethodVisitor init = writer.visitMethod(ACC_PUBLIC, "<init>", "()V", null, null);
    init.visitCode();
    init.visitVarInsn(ALOAD, 0);
    init.visitMethodInsn(INVOKESPECIAL, OBJECT, "<init>", "()V", false);
    end(init);
    for (Method hook : hooks()) {
      String descriptor = Type.getMethodDescriptor(hook);
      writer
          .visitMethod(ACC_PUBLIC | ACC_ABSTRACT, hook.getName(), descriptor, null, null)
          .visitEnd();
    }
    writer.visitEnd();
    return writer.toByteArray();
  }

  private static byte[] holder() {
    ClassWriter writer = new ClassWriter(ClassWriter.COMPUTE_MAXS);
    writer.visit(V17, ACC_PUBLIC | ACC_FINAL, HOLDER, null, OBJECT, null);
    int constant = ACC_PUBLIC | ACC_STATIC | ACC_FINAL;
    writer.visitField(constant, "CALLS", type(CALLS), null, null).visitEnd();
    MethodVisitor init = writer.visitMethod(ACC_STATIC, "<clinit>", "()V", null, null);
    init.visitCode();
    init.visitFieldInsn(GETSTATIC, CALLS, "target", type(CALLS));
    init.visitFieldInsn(PUTSTATIC, HOLDER, "CALLS", type(CALLS));
    end(init);
    writer.visitEnd();
    return writer.toByteArray();
  }

  private static byte[] target() {
    ClassWriter writer = new ClassWriter(ClassWriter.COMPUTE_MAXS);
    writer.visit(V17, ACC_PUBLIC | ACC_FINAL, TARGET, null, CALLS, null);
    writer.visitField(ACC_PRIVATE | ACC_FINAL, "hooks", type(HOOKS), null, null).visitEnd();
    MethodVisitor init =
        writer.visitMethod(ACC_PUBLIC, "<init>", "(" + type(HOOKS) + ")V", null, null);
    init.visitCode();
    init.visitVarInsn(ALOAD, 0);
    init.visitMethodInsn(INVOKESPECIAL, CALLS, "<init>", "()V", false);
    init.visitVarInsn(ALOAD, 0);
    init.visitVarInsn(ALOAD, 1);
    init.visitFieldInsn(PUTFIELD, TARGET, "hooks", type(HOOKS));
    end(init);
    for (Method hook : hooks()) {
      String descriptor = Type.getMethodDescriptor(hook);
      MethodVisitor body = writer.visitMethod(ACC_PUBLIC, hook.getName(), descriptor, null, null);
      body.visitCode();
      body.visitVarInsn(ALOAD, 0);
      body.visitFieldInsn(GETFIELD, TARGET, "hooks", type(HOOKS));
      load(body, Type.getArgumentTypes(descriptor), 1);
      body.visitMethodInsn(INVOKEVIRTUAL, HOOKS, hook.getName(), descriptor, false);
      body.visitInsn(Type.getReturnType(descriptor).getOpcode(IRETURN));
      body.visitMaxs(0, 0);
      body.visitEnd();
    }
    writer.visitEnd();
    return writer.toByteArray();
  }

  private static void end(MethodVisitor method) {
    method.visitInsn(RETURN);
    method.visitMaxs(0, 0);
    method.visitEnd();
  }

  /** Loads arguments that lie in local variables from {@code first} on. */
  static void load(MethodVisitor code, Type[] types, int first) {
    int local = first;
    for (Type type : types) {
      code.visitVarInsn(type.getOpcode(ILOAD), local);
      local += type.getSize();
    }
  }

  private static String type(String internalName) {
    return "L" + internalName + ";";
  }
}
