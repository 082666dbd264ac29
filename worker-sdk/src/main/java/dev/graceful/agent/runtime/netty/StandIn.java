package dev.graceful.agent.runtime.netty;

import static org.objectweb.asm.Opcodes.ACC_PRIVATE;
import static org.objectweb.asm.Opcodes.ACC_STATIC;
import static org.objectweb.asm.Opcodes.ACC_SYNTHETIC;
import static org.objectweb.asm.Opcodes.ALOAD;
import static org.objectweb.asm.Opcodes.ARETURN;
import static org.objectweb.asm.Opcodes.ASTORE;
import static org.objectweb.asm.Opcodes.DUP;
import static org.objectweb.asm.Opcodes.F_SAME1;
import static org.objectweb.asm.Opcodes.IFNULL;
import static org.objectweb.asm.Opcodes.IF_ICMPEQ;
import static org.objectweb.asm.Opcodes.ILOAD;
import static org.objectweb.asm.Opcodes.INTEGER;
import static org.objectweb.asm.Opcodes.INVOKESTATIC;
import static org.objectweb.asm.Opcodes.IRETURN;
import static org.objectweb.asm.Opcodes.ISTORE;
import static org.objectweb.asm.Opcodes.POP;

import org.objectweb.asm.ClassVisitor;
import org.objectweb.asm.Label;
import org.objectweb.asm.MethodVisitor;
import org.objectweb.asm.Type;

/**
 * A method beside one of Netty's native methods that is called in its place: it takes the same
 * arguments, and the socket if the caller has one, calls the hooks and the native method, and
 * returns what Netty is to see.
 */
final class StandIn {
  private final Site site;
  private final String self;
  private final String original;
  private final boolean socket;
  private final Type result;
  private final int free;

  /**
   * @param self the class, by internal name
   * @param original the native method's descriptor
   * @param socket whether the calling method is an instance's
   */
  StandIn(Site site, String self, String original, boolean socket) {
    this.site = site;
    this.self = self;
    this.original = original;
    this.socket = socket;
    result = Type.getReturnType(original);
    free = (Type.getArgumentsAndReturnSizes(original) >> 2) - 1;
  }

  private String name() {
    return "graceful$" + site.calleeName();
  }

  private String descriptor() {
    return socket ? original.replace(")", "L" + self + ";)") : original;
  }

  /** In place of the call: its arguments are on the stack, and the socket is local variable 0. */
  void call(MethodVisitor code) {
    if (socket) {
      code.visitVarInsn(ALOAD, 0);
    }
    code.visitMethodInsn(INVOKESTATIC, self, name(), descriptor(), false);
  }

  /** Adds the method. */
  void define(ClassVisitor to) {
    int access = ACC_PRIVATE | ACC_STATIC | ACC_SYNTHETIC;
    MethodVisitor code = to.visitMethod(access, name(), descriptor(), null, null);
    int token = free + 1;
    int outcome = free + 2;
    code.visitCode();
    switch (site.effect()) {
      case BEFORE -> {
        before(code);
        original(code);
      }
      case AFTER -> {
        original(code);
        code.visitVarInsn(result.getOpcode(ISTORE), outcome);
        after(code, -1, outcome);
        code.visitVarInsn(result.getOpcode(ILOAD), outcome);
      }
      case AROUND -> {
        before(code);
        code.visitVarInsn(ASTORE, token);
        original(code);
        code.visitVarInsn(result.getOpcode(ISTORE), outcome);
        after(code, token, outcome);
        code.visitVarInsn(result.getOpcode(ILOAD), outcome);
      }
      case UNLESS_ANSWERED -> {
        unlessAnswered(code);
        original(code);
      }
      case UNLESS_ANSWERED_THEN -> {
        unlessAnswered(code);
        original(code);
        code.visitVarInsn(result.getOpcode(ISTORE), outcome);
        after(code, -1, outcome);
        code.visitVarInsn(result.getOpcode(ILOAD), outcome);
      }
    }
    code.visitInsn(result.getOpcode(IRETURN));
    // an answer below the gate, a token, the result and all arguments; then what is stored
    code.visitMaxs(free + 6, outcome + 2);
    code.visitEnd();
  }

  private void original(MethodVisitor code) {
    NettyGate.load(code, Type.getArgumentTypes(original), 0);
    code.visitMethodInsn(INVOKESTATIC, self, site.calleeName(), original, false);
  }

  private void unlessAnswered(MethodVisitor code) {
    boolean number = result.getSort() == Type.INT;
    Label unanswered = new Label();
    before(code);
    code.visitInsn(DUP);
    if (number) {
      code.visitLdcInsn(NettyHooks.NOT_ANSWERED);
      code.visitJumpInsn(IF_ICMPEQ, unanswered);
    } else {
      code.visitJumpInsn(IFNULL, unanswered);
    }
    code.visitInsn(number ? IRETURN : ARETURN);
    code.visitLabel(unanswered);
    Object answer = number ? INTEGER : result.getDescriptor();
    code.visitFrame(F_SAME1, 0, null, 1, new Object[] {answer});
    code.visitInsn(POP);
  }

  private void before(MethodVisitor code) {
    NettyGate.prepare(code);
    wanted(code, site.hook(), 0);
    NettyGate.call(code, site.hook());
  }

  private void after(MethodVisitor code, int token, int outcome) {
    String hook = site.hook() + "Done";
    NettyGate.prepare(code);
    if (token >= 0) {
      code.visitVarInsn(ALOAD, token);
    }
    code.visitVarInsn(result.getOpcode(ILOAD), outcome);
    wanted(code, hook, token >= 0 ? 2 : 1);
    NettyGate.call(code, hook);
  }

  /** Loads what the hook wants after its first {@code loaded} parameters. */
  private void wanted(MethodVisitor code, String hook, int loaded) {
    int left = NettyGate.parameters(hook) - loaded;
    if (socket) {
      code.visitVarInsn(ALOAD, free);
      left--;
    }
    Type[] arguments = Type.getArgumentTypes(original);
    Type[] wanted = new Type[left];
    System.arraycopy(arguments, 0, wanted, 0, left);
    NettyGate.load(code, wanted, 0);
  }
}
