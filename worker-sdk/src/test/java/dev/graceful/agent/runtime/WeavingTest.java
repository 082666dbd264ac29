package dev.graceful.agent.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import dev.graceful.agent.runtime.move.MoveHooks;
import dev.graceful.agent.runtime.weave.HookPoint;
import dev.graceful.agent.runtime.weave.Kept;
import dev.graceful.agent.runtime.weave.Points;
import dev.graceful.agent.runtime.weave.Weaver;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.lang.instrument.ClassFileTransformer;
import java.lang.instrument.Instrumentation;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.objectweb.asm.ClassReader;
import org.objectweb.asm.ClassVisitor;
import org.objectweb.asm.ClassWriter;
import org.objectweb.asm.MethodVisitor;
import org.objectweb.asm.Opcodes;

/**
 * What the weaver makes of this JDK's classes, given as a retransformation gives those that the JVM
 * trusts: without frames.
 */
@Timeout(300)
class WeavingTest {
  /** Class by internal name, as it was woven last; null where it was left alone. */
  private final Map<String, byte[]> woven = new HashMap<>();

  private final List<ClassFileTransformer> transformers = new ArrayList<>();

  private Instrumentation instrumentation() {
    return (Instrumentation)
        Proxy.newProxyInstance(
            getClass().getClassLoader(),
            new Class<?>[] {Instrumentation.class},
            (proxy, method, arguments) -> {
              switch (method.getName()) {
                case "addTransformer" -> transformers.add((ClassFileTransformer) arguments[0]);
                case "removeTransformer" -> {
                  return transformers.remove(arguments[0]);
                }
                case "retransformClasses" -> {
                  for (Class<?> type : (Class<?>[]) arguments[0]) {
                    retransform(type);
                  }
                }
                default -> throw new UnsupportedOperationException(method.getName());
              }
              return null;
            });
  }

  private void retransform(Class<?> type) throws Exception {
    String name = type.getName().replace('.', '/');
    for (ClassFileTransformer each : transformers) {
      woven.put(name, each.transform(null, name, type, null, withoutFrames(type)));
    }
  }

  private static byte[] withoutFrames(Class<?> type) {
    String file = type.getName().substring(type.getName().lastIndexOf('.') + 1) + ".class";
    try (InputStream in = type.getResourceAsStream(file)) {
      ClassReader reader = new ClassReader(in);
      ClassWriter writer = new ClassWriter(0);
      reader.accept(writer, ClassReader.SKIP_FRAMES);
      return writer.toByteArray();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Method with descriptor to what it declares: the stack, the locals. */
  private static Map<String, int[]> sizes(byte[] bytes) {
    Map<String, int[]> sizes = new HashMap<>();
    new ClassReader(bytes)
        .accept(
            new ClassVisitor(Opcodes.ASM9) {
              @Override
              public MethodVisitor visitMethod(
                  int access, String name, String descriptor, String signature, String[] thrown) {
                return new MethodVisitor(Opcodes.ASM9) {
                  @Override
                  public void visitMaxs(int stack, int locals) {
                    sizes.put(name + descriptor, new int[] {stack, locals});
                  }
                };
              }
            },
            ClassReader.SKIP_DEBUG);
    return sizes;
  }

  /** What the code needs, found by ASM's own analysis of it. */
  private static byte[] recomputed(byte[] bytes) {
    ClassWriter writer =
        new ClassWriter(ClassWriter.COMPUTE_FRAMES) {
          @Override
          protected String getCommonSuperClass(String one, String other) {
            return "java/lang/Object";
          }
        };
    new ClassReader(bytes).accept(writer, ClassReader.SKIP_FRAMES);
    return writer.toByteArray();
  }

  @Test
  void theStackIsLargeEnoughAlthoughThereAreNoFrames() throws Exception {
    Points all = BindHooks.watching().and(MoveHooks.points());
    assertThat(Weaver.weave(instrumentation(), BindHooks.points(), all, Kept.empty())).isNull();
    assertThat(woven).containsKeys("sun/nio/ch/SocketDispatcher", "sun/nio/ch/EPollSelectorImpl");
    int changed = 0;
    for (Map.Entry<String, byte[]> each : woven.entrySet()) {
      if (each.getValue() == null) {
        continue;
      }
      changed++;
      Map<String, int[]> has = sizes(each.getValue());
      sizes(recomputed(each.getValue()))
          .forEach(
              (method, needs) -> {
                assertThat(has.get(method)[0])
                    .as("stack of %s.%s", each.getKey(), method)
                    .isGreaterThanOrEqualTo(needs[0]);
                assertThat(has.get(method)[1])
                    .as("locals of %s.%s", each.getKey(), method)
                    .isGreaterThanOrEqualTo(needs[1]);
              });
    }
    assertThat(changed).isGreaterThan(5);
  }

  @Test
  void whatIsOnlyWantedIsLeftOutAsAWholeWhereThisJdkLacksAPartOfIt() throws Exception {
    HookPoint.Method none =
        new HookPoint.Method("sun/nio/ch/Net", "acceptAll", "(Ljava/io/FileDescriptor;)I", true);
    Points lacking =
        new Points(
            List.of(
                new HookPoint(
                    "acceptAll",
                    MoveHooks.class,
                    HookPoint.Effect.AROUND,
                    List.of("sun/nio/ch/ServerSocketChannelImpl"),
                    none,
                    null)),
            List.of());
    String why =
        Weaver.weave(
            instrumentation(), BindHooks.points(), MoveHooks.points().and(lacking), Kept.empty());
    assertThat(why)
        .isEqualTo(
            "this JDK has no [sun/nio/ch/Net.acceptAll in sun/nio/ch/ServerSocketChannelImpl]");
    // listeners are seated, and what follows connections is gone again
    assertThat(calls("sun/nio/ch/ServerSocketChannelImpl"))
        .contains("bind")
        .doesNotContain("accept");
    assertThat(woven).containsKey("sun/nio/ch/SocketDispatcher");
    assertThat(calls("sun/nio/ch/SocketDispatcher")).isEmpty();
    assertThat(calls("sun/nio/ch/EPollSelectorImpl")).isEmpty();
  }

  @Test
  void whoWatchesASeatIsHookedAlsoWhereConnectionsDrain() throws Exception {
    assertThat(
            Weaver.weave(instrumentation(), BindHooks.points(), BindHooks.watching(), Kept.empty()))
        .isNull();
    assertThat(calls("sun/nio/ch/EPollSelectorImpl")).containsOnly("ctl");
    assertThat(calls("sun/nio/ch/EPollPort")).containsOnly("ctl");
    assertThat(woven).doesNotContainKey("sun/nio/ch/SocketDispatcher");
  }

  /** The hooks that a class calls now. */
  private List<String> calls(String name) {
    List<String> calls = new ArrayList<>();
    byte[] bytes = woven.get(name);
    if (bytes != null) {
      new ClassReader(bytes)
          .accept(
              new ClassVisitor(Opcodes.ASM9) {
                @Override
                public MethodVisitor visitMethod(
                    int access, String method, String descriptor, String generic, String[] thrown) {
                  return new MethodVisitor(Opcodes.ASM9) {
                    @Override
                    public void visitMethodInsn(
                        int opcode, String owner, String called, String type, boolean face) {
                      if (owner.equals("sun/nio/ch/GracefulHook")) {
                        calls.add(called);
                      }
                    }
                  };
                }
              },
              0);
    }
    return calls;
  }
}
