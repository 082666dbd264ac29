package dev.graceful.agent.runtime.netty;

import static org.objectweb.asm.Opcodes.ACC_STATIC;
import static org.objectweb.asm.Opcodes.ALOAD;
import static org.objectweb.asm.Opcodes.ASM9;
import static org.objectweb.asm.Opcodes.ILOAD;
import static org.objectweb.asm.Opcodes.INVOKESTATIC;
import static org.objectweb.asm.Opcodes.RETURN;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.objectweb.asm.ClassVisitor;
import org.objectweb.asm.MethodVisitor;

/** Puts {@link StandIn}s into a class of Netty's, and what notices that a socket is made. */
final class WovenSocket extends ClassVisitor {
  private final String self;
  private final String prefix;
  private final List<Site> sites;
  private final List<Site> callers = new ArrayList<>();
  private final List<Site> found = new ArrayList<>();
  private final List<StandIn> standIns = new ArrayList<>();

  /**
   * @param self the class, by internal name
   * @param prefix what that begins with where Netty has been shaded, or ""
   * @param sites those of this class
   */
  WovenSocket(ClassVisitor next, String self, String prefix, List<Site> sites) {
    super(ASM9, next);
    this.self = self;
    this.prefix = prefix;
    this.sites = sites;
  }

  /** What the class should have and has not: what most depends on it, or null. */
  @Nullable Site missing() {
    Site missing = null;
    for (Site site : sites) {
      boolean needed = callers.contains(site) || site.need() != Site.Need.CONNECTIONS_IF_CALLED;
      if (needed && !found.contains(site)) {
        if (site.need() == Site.Need.LISTENERS) {
          return site;
        }
        missing = site;
      }
    }
    return missing;
  }

  @Override
  public MethodVisitor visitMethod(
      int access,
      String name,
      String descriptor,
      @Nullable String signature,
      String @Nullable [] exceptions) {
    MethodVisitor next = super.visitMethod(access, name, descriptor, signature, exceptions);
    boolean instance = (access & ACC_STATIC) == 0;
    for (Site site : sites) {
      if (Site.shaded(site.caller(), prefix).equals(name + descriptor)) {
        callers.add(site);
        return redirect(next, site, instance);
      }
    }
    if (name.equals("<init>") && descriptor.equals("(I)V") && followsConnections()) {
      return constructor(next);
    }
    return next;
  }

  private boolean followsConnections() {
    for (Site site : sites) {
      if (site.hook().equals("accept")) {
        return true;
      }
    }
    return false;
  }

  private MethodVisitor redirect(MethodVisitor next, Site site, boolean instance) {
    String callee = Site.shaded(site.callee(), prefix);
    return new MethodVisitor(ASM9, next) {
      @Override
      public void visitMaxs(int stack, int locals) {
        super.visitMaxs(stack + 1, locals); // the socket
      }

      @Override
      public void visitMethodInsn(
          int opcode, String owner, String name, String descriptor, boolean isInterface) {
        if (opcode != INVOKESTATIC || !owner.equals(self) || !callee.equals(name + descriptor)) {
          super.visitMethodInsn(opcode, owner, name, descriptor, isInterface);
          return;
        }
        StandIn standIn = new StandIn(site, self, descriptor, instance);
        standIn.call(mv);
        if (!found.contains(site)) {
          found.add(site);
          standIns.add(standIn);
        }
      }
    };
  }

  private static MethodVisitor constructor(MethodVisitor next) {
    return new MethodVisitor(ASM9, next) {
      @Override
      public void visitMaxs(int stack, int locals) {
        super.visitMaxs(stack + 3, locals); // the gate, the socket, the number
      }

      @Override
      public void visitInsn(int opcode) {
        if (opcode == RETURN) {
          NettyGate.prepare(mv);
          super.visitVarInsn(ALOAD, 0);
          super.visitVarInsn(ILOAD, 1);
          NettyGate.call(mv, "created");
        }
        super.visitInsn(opcode);
      }
    };
  }

  @Override
  public void visitEnd() {
    for (StandIn standIn : standIns) {
      standIn.define(cv);
    }
    super.visitEnd();
  }
}
