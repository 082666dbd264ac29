package dev.graceful.agent.runtime.weave;

import dev.graceful.agent.runtime.weave.BodyPoint.Moments;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.objectweb.asm.ClassReader;
import org.objectweb.asm.ClassVisitor;
import org.objectweb.asm.ClassWriter;
import org.objectweb.asm.MethodVisitor;
import org.objectweb.asm.Opcodes;
import org.objectweb.asm.Type;

/** One class with its points woven in; strikes what it finds off {@code missing}. */
final class WovenClass extends ClassVisitor {
  /** Locals left between the arguments and our own, for those of the method. */
  private static final int ROOM = 16;

  private final String owner;
  private final Points points;
  private final Set<String> missing;

  private WovenClass(ClassVisitor next, String owner, Points points, Set<String> missing) {
    super(Opcodes.ASM9, next);
    this.owner = owner;
    this.points = points;
    this.missing = missing;
  }

  /** The class file with its points woven in. Whoever calls this loads ASM, and not before. */
  static byte[] weave(String owner, byte[] bytes, Points points, Set<String> missing) {
    ClassReader reader = new ClassReader(bytes);
    // Not COMPUTE_MAXS: ASM computes the stack from frames, and the bytes that a retransformation
    // gets of a class that the JVM trusts have none. Too small a stack destroys memory.
    ClassWriter writer = new ClassWriter(reader, 0);
    reader.accept(new WovenClass(writer, owner, points, missing), 0);
    return writer.toByteArray();
  }

  @Override
  public MethodVisitor visitMethod(
      int access,
      String method,
      String descriptor,
      @Nullable String signature,
      String @Nullable [] exceptions) {
    MethodVisitor next = super.visitMethod(access, method, descriptor, signature, exceptions);
    if ((access & (Opcodes.ACC_NATIVE | Opcodes.ACC_ABSTRACT)) != 0) {
      return next;
    }
    BodyPoint body = body(method, descriptor);
    if (body != null) {
      missing.remove(body.need());
      next = new Body(next, body, descriptor, (access & Opcodes.ACC_STATIC) == 0 ? 1 : 0);
    }
    return new Calls(next);
  }

  private @Nullable BodyPoint body(String method, String descriptor) {
    for (BodyPoint point : points.bodies()) {
      for (HookPoint.Method place : point.places()) {
        if (place.owner().equals(owner)
            && place.name().equals(method)
            && place.descriptor().equals(descriptor)) {
          return point;
        }
      }
    }
    return null;
  }

  private static final class Body extends MethodVisitor {
    private final BodyPoint point;
    private final Type[] arguments;
    private final int first;
    private final int token;

    Body(MethodVisitor next, BodyPoint point, String descriptor, int first) {
      super(Opcodes.ASM9, next);
      this.point = point;
      this.arguments = Type.getArgumentTypes(descriptor);
      this.first = first;
      this.token = (Type.getArgumentsAndReturnSizes(descriptor) >> 2) + ROOM;
    }

    @Override
    public void visitCode() {
      super.visitCode();
      if (point.moments() == Moments.RETURN) {
        return;
      }
      HookClasses.load(mv, arguments, first);
      call(point.hook(), point.entryDescriptor());
      if (point.moments() == Moments.BOTH) {
        super.visitVarInsn(Opcodes.ASTORE, token);
      }
    }

    @Override
    public void visitInsn(int opcode) {
      if (point.moments() != Moments.ENTRY) {
        if (opcode == Opcodes.IRETURN) {
          returning(Opcodes.ISTORE, Opcodes.ILOAD, token + 1);
        } else if (opcode == Opcodes.LRETURN) {
          returning(Opcodes.LSTORE, Opcodes.LLOAD, token + 1);
        }
      }
      super.visitInsn(opcode);
    }

    private void returning(int store, int load, int result) {
      super.visitVarInsn(store, result);
      if (point.moments() == Moments.BOTH) {
        super.visitVarInsn(Opcodes.ALOAD, token);
      }
      super.visitVarInsn(load, result);
      HookClasses.load(mv, arguments, first);
      call(HookPoint.after(point.hook()), point.returnDescriptor());
      super.visitVarInsn(load, result);
    }

    @Override
    public void visitMaxs(int maxStack, int maxLocals) {
      if (maxLocals > token) {
        throw new IllegalStateException(maxLocals + " locals in " + point.places());
      }
      // token, result (two slots) and arguments, on top of whatever else lies there at a return
      int more = 3;
      for (Type argument : arguments) {
        more += argument.getSize();
      }
      super.visitMaxs(maxStack + more, token + 3);
    }

    private void call(String hook, String descriptor) {
      super.visitMethodInsn(Opcodes.INVOKESTATIC, HookClasses.HOOK, hook, descriptor, false);
    }
  }

  private final class Calls extends MethodVisitor {
    private int more;

    Calls(MethodVisitor next) {
      super(Opcodes.ASM9, next);
    }

    @Override
    public void visitMethodInsn(
        int opcode, String callee, String name, String descriptor, boolean isInterface) {
      HookPoint point = site(callee, name, descriptor);
      if (point == null) {
        super.visitMethodInsn(opcode, callee, name, descriptor, isInterface);
        return;
      }
      missing.remove(Points.need(point, owner));
      if (point.flag() != null) {
        more = 1; // it lies on top of the call's own arguments
        super.visitVarInsn(Opcodes.ALOAD, 0);
        super.visitFieldInsn(Opcodes.GETFIELD, owner, point.flag(), "Z");
      }
      String standIn = point.standInDescriptor();
      super.visitMethodInsn(Opcodes.INVOKESTATIC, HookClasses.HOOK, point.hook(), standIn, false);
    }

    @Override
    public void visitMaxs(int maxStack, int maxLocals) {
      super.visitMaxs(maxStack + more, maxLocals);
    }
  }

  private @Nullable HookPoint site(String callee, String name, String descriptor) {
    for (HookPoint point : points.sites()) {
      HookPoint.Method method = point.callee();
      if (method.name().equals(name)
          && method.owner().equals(callee)
          && method.descriptor().equals(descriptor)
          && point.callers().contains(owner)) {
        return point;
      }
    }
    return null;
  }
}
