package dev.graceful.agent.runtime.weave;

import static org.objectweb.asm.Opcodes.ACC_FINAL;
import static org.objectweb.asm.Opcodes.ACC_PRIVATE;
import static org.objectweb.asm.Opcodes.ACC_PUBLIC;
import static org.objectweb.asm.Opcodes.ACC_STATIC;
import static org.objectweb.asm.Opcodes.ALOAD;
import static org.objectweb.asm.Opcodes.GETSTATIC;
import static org.objectweb.asm.Opcodes.ILOAD;
import static org.objectweb.asm.Opcodes.INVOKESPECIAL;
import static org.objectweb.asm.Opcodes.INVOKESTATIC;
import static org.objectweb.asm.Opcodes.INVOKEVIRTUAL;
import static org.objectweb.asm.Opcodes.IRETURN;
import static org.objectweb.asm.Opcodes.LLOAD;
import static org.objectweb.asm.Opcodes.LRETURN;
import static org.objectweb.asm.Opcodes.PUTSTATIC;
import static org.objectweb.asm.Opcodes.RETURN;
import static org.objectweb.asm.Opcodes.V17;

import dev.graceful.agent.runtime.framing.Bytes;
import java.io.FileDescriptor;
import java.lang.invoke.MethodHandles;
import java.nio.Buffer;
import org.objectweb.asm.ClassWriter;
import org.objectweb.asm.MethodVisitor;
import org.objectweb.asm.Type;

/**
 * Native memory at an address, and the inside of a FileDescriptor, at the price of one machine
 * instruction. The class that does it is made here because it uses jdk.internal.misc.Unsafe, which
 * cannot be named at compile time; sun.misc.Unsafe would print warnings on JDK 24 and later.
 */
public abstract class JavaMemory extends Bytes {
  private static final String SELF = "dev/graceful/agent/runtime/weave/JavaMemory";
  private static final String MADE = "dev/graceful/agent/runtime/weave/MadeMemory";
  private static final String UNSAFE = "jdk/internal/misc/Unsafe";
  private static final String UNSAFE_TYPE = "L" + UNSAFE + ";";

  /** For the subclass. */
  protected JavaMemory() {}

  /** The number of a descriptor, -1 if it has none. */
  public abstract int number(FileDescriptor descriptor);

  /** Gives a descriptor its number, as accept(2) in the JDK's native code does. */
  public abstract void number(FileDescriptor descriptor, int number);

  /** Where the bytes of a direct buffer begin. */
  public abstract long address(Buffer buffer);

  /**
   * Makes the only instance.
   *
   * @throws ReflectiveOperationException if the package jdk.internal.misc is not exported to us
   */
  public static JavaMemory make(Kept kept) throws ReflectiveOperationException {
    byte[] known = kept.made(MADE);
    byte[] bytes = known != null ? known : kept.made(MADE, bytes());
    return (JavaMemory) MethodHandles.lookup().defineClass(bytes).getConstructor().newInstance();
  }

  private static byte[] bytes() {
    ClassWriter writer = new ClassWriter(ClassWriter.COMPUTE_MAXS);
    writer.visit(V17, ACC_PUBLIC | ACC_FINAL, MADE, null, SELF, null);
    int constant = ACC_PRIVATE | ACC_STATIC | ACC_FINAL;
    writer.visitField(constant, "UNSAFE", UNSAFE_TYPE, null, null).visitEnd();
    writer.visitField(constant, "NUMBER", "J", null, null).visitEnd();
    writer.visitField(constant, "ADDRESS", "J", null, null).visitEnd();
    MethodVisitor init = writer.visitMethod(ACC_STATIC, "<clinit>", "()V", null, null);
    init.visitCode();
    init.visitMethodInsn(INVOKESTATIC, UNSAFE, "getUnsafe", "()" + UNSAFE_TYPE, false);
    init.visitFieldInsn(PUTSTATIC, MADE, "UNSAFE", UNSAFE_TYPE);
    offset(init, FileDescriptor.class, "fd", "NUMBER");
    offset(init, Buffer.class, "address", "ADDRESS");
    end(init, RETURN);
    MethodVisitor make = writer.visitMethod(ACC_PUBLIC, "<init>", "()V", null, null);
    make.visitCode();
    make.visitVarInsn(ALOAD, 0);
    make.visitMethodInsn(INVOKESPECIAL, SELF, "<init>", "()V", false);
    end(make, RETURN);
    get(writer, "get", "getByte", "(J)B", IRETURN);
    get(writer, "getLong", "getLong", "(J)J", LRETURN);
    MethodVisitor address = field(writer, "address", "(Ljava/nio/Buffer;)J", "ADDRESS");
    address.visitMethodInsn(INVOKEVIRTUAL, UNSAFE, "getLong", "(Ljava/lang/Object;J)J", false);
    end(address, LRETURN);
    MethodVisitor number = field(writer, "number", "(Ljava/io/FileDescriptor;)I", "NUMBER");
    number.visitMethodInsn(INVOKEVIRTUAL, UNSAFE, "getInt", "(Ljava/lang/Object;J)I", false);
    end(number, IRETURN);
    MethodVisitor set = field(writer, "number", "(Ljava/io/FileDescriptor;I)V", "NUMBER");
    set.visitVarInsn(ILOAD, 2);
    set.visitMethodInsn(INVOKEVIRTUAL, UNSAFE, "putInt", "(Ljava/lang/Object;JI)V", false);
    end(set, RETURN);
    writer.visitEnd();
    return writer.toByteArray();
  }

  private static void get(
      ClassWriter writer, String name, String unsafe, String descriptor, int end) {
    MethodVisitor body = writer.visitMethod(ACC_PUBLIC, name, descriptor, null, null);
    body.visitCode();
    body.visitFieldInsn(GETSTATIC, MADE, "UNSAFE", UNSAFE_TYPE);
    body.visitVarInsn(LLOAD, 1);
    body.visitMethodInsn(INVOKEVIRTUAL, UNSAFE, unsafe, descriptor, false);
    end(body, end);
  }

  private static void offset(MethodVisitor init, Class<?> type, String field, String constant) {
    init.visitFieldInsn(GETSTATIC, MADE, "UNSAFE", UNSAFE_TYPE);
    init.visitLdcInsn(Type.getType(type));
    init.visitLdcInsn(field);
    String offset = "(Ljava/lang/Class;Ljava/lang/String;)J";
    init.visitMethodInsn(INVOKEVIRTUAL, UNSAFE, "objectFieldOffset", offset, false);
    init.visitFieldInsn(PUTSTATIC, MADE, constant, "J");
  }

  private static MethodVisitor field(
      ClassWriter writer, String name, String descriptor, String offset) {
    MethodVisitor body = writer.visitMethod(ACC_PUBLIC, name, descriptor, null, null);
    body.visitCode();
    body.visitFieldInsn(GETSTATIC, MADE, "UNSAFE", UNSAFE_TYPE);
    body.visitVarInsn(ALOAD, 1);
    body.visitFieldInsn(GETSTATIC, MADE, offset, "J");
    return body;
  }

  private static void end(MethodVisitor body, int opcode) {
    body.visitInsn(opcode);
    body.visitMaxs(0, 0);
    body.visitEnd();
  }
}
