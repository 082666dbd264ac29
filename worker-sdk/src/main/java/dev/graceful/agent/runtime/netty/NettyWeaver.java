package dev.graceful.agent.runtime.netty;

import static org.objectweb.asm.Opcodes.ACC_PRIVATE;
import static org.objectweb.asm.Opcodes.ACC_STATIC;
import static org.objectweb.asm.Opcodes.ACC_SYNTHETIC;
import static org.objectweb.asm.Opcodes.ALOAD;
import static org.objectweb.asm.Opcodes.ARETURN;
import static org.objectweb.asm.Opcodes.ASM9;
import static org.objectweb.asm.Opcodes.DUP;
import static org.objectweb.asm.Opcodes.F_SAME1;
import static org.objectweb.asm.Opcodes.IFNULL;
import static org.objectweb.asm.Opcodes.IF_ICMPEQ;
import static org.objectweb.asm.Opcodes.ILOAD;
import static org.objectweb.asm.Opcodes.INTEGER;
import static org.objectweb.asm.Opcodes.INVOKESTATIC;
import static org.objectweb.asm.Opcodes.IRETURN;
import static org.objectweb.asm.Opcodes.POP;

import java.lang.instrument.ClassFileTransformer;
import java.lang.instrument.Instrumentation;
import java.lang.invoke.MethodHandles;
import java.security.ProtectionDomain;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.objectweb.asm.ClassReader;
import org.objectweb.asm.ClassVisitor;
import org.objectweb.asm.ClassWriter;
import org.objectweb.asm.Label;
import org.objectweb.asm.MethodVisitor;
import org.objectweb.asm.Type;

/**
 * Weaves the sockets of Netty's native transports as they are loaded, wherever from and under
 * whatever package they have been shaded to. The calls of certain native methods go to a method
 * beside them that asks the hook first; everything else stays as Netty has it.
 */
public final class NettyWeaver implements ClassFileTransformer {
  private static final String SOCKET = "io/netty/channel/unix/Socket";
  private static final String DESCRIPTOR = "io/netty/channel/unix/FileDescriptor";

  /**
   * A native method of Netty's socket whose calls are hooked.
   *
   * @param name of the method, of its hook, and of the method that calls it
   * @param caller the descriptor of the method that calls it
   * @param result the descriptor of what it returns; its arguments are Netty's affair, but the
   *     first is the descriptor's number
   * @param arguments those of the calling method that the hook gets after socket and number
   */
  private record Site(String name, String caller, String result, String arguments) {
    boolean calledBy(String method, String descriptor) {
      return name.equals(method) && caller.equals(descriptor);
    }

    boolean calls(String method, String descriptor) {
      return name.equals(method)
          && descriptor.startsWith("(I")
          && descriptor.endsWith(")" + result);
    }
  }

  private static final List<Site> SITES =
      List.of(
          new Site("bind", "(Ljava/net/SocketAddress;)V", "I", "Ljava/net/SocketAddress;"),
          new Site("listen", "(I)V", "I", "I"),
          new Site("localAddress", "()Ljava/net/InetSocketAddress;", "[B", ""));

  private final MethodHandles.Lookup jdk;
  private final Listeners listeners;
  private boolean open;

  private NettyWeaver(MethodHandles.Lookup jdk, Listeners listeners) {
    this.jdk = jdk;
    this.listeners = listeners;
  }

  /**
   * Weaves from now on, for as long as the JVM lives.
   *
   * @param jdk a full-power lookup in package java.nio.channels of java.base
   */
  public static void install(
      Instrumentation instrumentation, MethodHandles.Lookup jdk, Listeners listeners) {
    instrumentation.addTransformer(new NettyWeaver(jdk, listeners));
  }

  @Override
  public byte @Nullable [] transform(
      @Nullable ClassLoader loader,
      @Nullable String name,
      @Nullable Class<?> redefined,
      @Nullable ProtectionDomain domain,
      byte[] bytes) {
    if (name == null) {
      return null;
    }
    boolean socket = name.endsWith(SOCKET);
    if (!socket && !name.endsWith(DESCRIPTOR)) {
      return null;
    }
    try {
      openGate();
      ClassReader reader = new ClassReader(bytes);
      ClassWriter writer = new ClassWriter(reader, ClassWriter.COMPUTE_MAXS);
      Woven woven = socket ? new Socket(writer, name) : new Closing(writer, name);
      reader.accept(woven, 0);
      if (woven.missing() == null) {
        return writer.toByteArray();
      }
      complain(name, "it has no " + woven.missing());
    } catch (Throwable e) {
      complain(name, e.toString());
    }
    return null;
  }

  private synchronized void openGate() throws ReflectiveOperationException {
    if (!open) {
      NettyGate.open(jdk, new NettyHooks(listeners));
      open = true;
    }
  }

  private void complain(String name, String why) {
    try {
      listeners.complain(
          "listeners of "
              + name.replace('/', '.')
              + " are left to the application, use Netty's NIO transport to have them handed over: "
              + why);
    } catch (Throwable e) {
      // nobody to tell
    }
  }

  /** A class that has been visited and may lack what was expected. */
  private abstract static class Woven extends ClassVisitor {
    final String self;

    Woven(ClassVisitor next, String self) {
      super(ASM9, next);
      this.self = self;
    }

    abstract @Nullable String missing();
  }

  /** Netty's FileDescriptor: tells of each close. */
  private static final class Closing extends Woven {
    private boolean found;

    Closing(ClassVisitor next, String self) {
      super(next, self);
    }

    @Override
    @Nullable String missing() {
      return found ? null : "call of close in close()";
    }

    @Override
    public MethodVisitor visitMethod(
        int access,
        String method,
        String descriptor,
        @Nullable String signature,
        String @Nullable [] exceptions) {
      MethodVisitor next = super.visitMethod(access, method, descriptor, signature, exceptions);
      if (!method.equals("close") || !descriptor.equals("()V")) {
        return next;
      }
      return new MethodVisitor(ASM9, next) {
        @Override
        public void visitMethodInsn(
            int opcode, String owner, String name, String descriptor, boolean isInterface) {
          // after the socket has been marked as closed: who comes second does not get here
          if (opcode == INVOKESTATIC && owner.equals(self) && name.equals("close")) {
            NettyGate.prepare(this);
            super.visitVarInsn(ALOAD, 0);
            NettyGate.call(mv, "closing");
            found = true;
          }
          super.visitMethodInsn(opcode, owner, name, descriptor, isInterface);
        }
      };
    }
  }

  /** Netty's Socket. */
  private static final class Socket extends Woven {
    private final List<Site> left = new ArrayList<>(SITES);

    Socket(ClassVisitor next, String self) {
      super(next, self);
    }

    @Override
    @Nullable String missing() {
      return left.isEmpty() ? null : "call of " + left.get(0).name + " in " + left.get(0).name;
    }

    @Override
    public MethodVisitor visitMethod(
        int access,
        String method,
        String descriptor,
        @Nullable String signature,
        String @Nullable [] exceptions) {
      MethodVisitor next = super.visitMethod(access, method, descriptor, signature, exceptions);
      for (Site site : SITES) {
        if (site.calledBy(method, descriptor)) {
          return redirect(next, site);
        }
      }
      return next;
    }

    private MethodVisitor redirect(MethodVisitor caller, Site site) {
      return new MethodVisitor(ASM9, caller) {
        @Override
        public void visitMethodInsn(
            int opcode, String owner, String name, String descriptor, boolean isInterface) {
          if (opcode != INVOKESTATIC || !owner.equals(self) || !site.calls(name, descriptor)) {
            super.visitMethodInsn(opcode, owner, name, descriptor, isInterface);
            return;
          }
          super.visitVarInsn(ALOAD, 0);
          NettyGate.load(mv, Type.getArgumentTypes("(" + site.arguments + ")V"), 1);
          String standIn = descriptor.replace(")", "L" + self + ";" + site.arguments + ")");
          super.visitMethodInsn(INVOKESTATIC, self, "graceful$" + name, standIn, false);
          if (left.remove(site)) {
            standIn(site, descriptor, standIn);
          }
        }
      };
    }

    /** The method that asks the hook and, where that has no answer, makes the original call. */
    private void standIn(Site site, String original, String descriptor) {
      int access = ACC_PRIVATE | ACC_STATIC | ACC_SYNTHETIC;
      MethodVisitor code =
          super.visitMethod(access, "graceful$" + site.name, descriptor, null, null);
      int after = (Type.getArgumentsAndReturnSizes(original) >> 2) - 1;
      boolean number = site.result.equals("I");
      Label unanswered = new Label();
      code.visitCode();
      NettyGate.prepare(code);
      code.visitVarInsn(ALOAD, after);
      code.visitVarInsn(ILOAD, 0);
      NettyGate.load(code, Type.getArgumentTypes("(" + site.arguments + ")V"), after + 1);
      NettyGate.call(code, site.name);
      code.visitInsn(DUP);
      if (number) {
        code.visitLdcInsn(NettyHooks.NOT_ANSWERED);
        code.visitJumpInsn(IF_ICMPEQ, unanswered);
      } else {
        code.visitJumpInsn(IFNULL, unanswered);
      }
      code.visitInsn(number ? IRETURN : ARETURN);
      code.visitLabel(unanswered);
      code.visitFrame(F_SAME1, 0, null, 1, new Object[] {number ? INTEGER : site.result});
      code.visitInsn(POP);
      NettyGate.load(code, Type.getArgumentTypes(original), 0);
      code.visitMethodInsn(INVOKESTATIC, self, site.name, original, false);
      code.visitInsn(number ? IRETURN : ARETURN);
      code.visitMaxs(0, 0);
      code.visitEnd();
    }
  }
}
