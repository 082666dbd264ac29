package dev.graceful.agent;

import java.io.ByteArrayInputStream;
import java.io.DataInputStream;
import java.io.File;
import java.io.FileInputStream;
import java.io.IOException;
import java.lang.instrument.ClassFileTransformer;
import java.lang.instrument.IllegalClassFormatException;
import java.security.ProtectionDomain;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.zip.CRC32;
import org.jspecify.annotations.Nullable;

/**
 * Lets the application start while the runtime does: whoever loads a class that is to be changed,
 * or uses the public API, waits until the runtime is ready for it.
 *
 * <p>Who waits here may hold the JVM's lock on the class that it loads, so the runtime must get
 * ready without loading one of them: it can if what it needs was kept by an earlier start. Where
 * nothing was kept there is no gate, and the application waits for the runtime.
 */
final class Gate
    implements ClassFileTransformer,
        Consumer<ClassFileTransformer>,
        Function<Object[], @Nullable Object> {
  /** As dev.graceful.agent.runtime.weave.Kept has it. */
  private static final long MAGIC = 0x67726163_77763031L;

  private static final int HEAD = 12;
  private static final int MOST_BYTES = 4 << 20;

  /** The ends of names of Netty's classes, which may be shaded. */
  private static final String[] NETTY = {
    "io/netty/channel/unix/Socket",
    "io/netty/channel/unix/FileDescriptor",
    "io/netty/channel/epoll/LinuxSocket",
    "io/netty/channel/epoll/Native"
  };

  /** Nothing that the runtime does takes so long: a bound for what must not happen. */
  private static final int PATIENCE_SECONDS = 20;

  private final byte[] kept;
  private final Set<String> names;
  private final CountDownLatch open = new CountDownLatch(1);
  private final CountDownLatch order = new CountDownLatch(1);
  private volatile @Nullable ClassFileTransformer weaver;
  private volatile @Nullable Function<Object[], @Nullable Object> call;

  private Gate(byte[] kept, Set<String> names) {
    this.kept = kept;
    this.names = names;
  }

  /** The gate for what that file keeps; null if there is none, or not in full. */
  static @Nullable Gate of(File file) {
    try (FileInputStream in = new FileInputStream(file)) {
      byte[] bytes = in.readNBytes(MOST_BYTES);
      DataInputStream data = new DataInputStream(new ByteArrayInputStream(bytes));
      if (bytes.length <= HEAD || data.readLong() != MAGIC) {
        return null;
      }
      CRC32 crc = new CRC32();
      crc.update(bytes, HEAD, bytes.length - HEAD);
      if (data.readInt() != (int) crc.getValue()) {
        return null;
      }
      Set<String> names = new HashSet<>();
      for (int left = data.readInt(); left > 0; left--) {
        names.add(data.readUTF());
        data.skipBytes(8);
        data.skipBytes(data.readInt());
      }
      return new Gate(bytes, names);
    } catch (IOException e) {
      return null;
    }
  }

  /** Classes of the runtime, by name with dots. */
  Map<String, byte[]> classes() throws IOException {
    DataInputStream data = new DataInputStream(new ByteArrayInputStream(kept));
    data.skipBytes(HEAD);
    for (int left = data.readInt(); left > 0; left--) {
      data.skipBytes(data.readUnsignedShort() + 8);
      data.skipBytes(data.readInt());
    }
    for (int left = data.readInt(); left > 0; left--) {
      data.skipBytes(data.readUnsignedShort());
      data.skipBytes(data.readInt());
    }
    Map<String, byte[]> classes = new HashMap<>();
    for (int left = data.readInt(); left > 0; left--) {
      String name = data.readUTF();
      byte[] bytes = new byte[data.readInt()];
      data.readFully(bytes);
      classes.put(name, bytes);
    }
    return classes;
  }

  byte[] kept() {
    return kept;
  }

  /** The runtime is ready: what changes the classes. */
  @Override
  public void accept(ClassFileTransformer woven) {
    weaver = woven;
    settle();
  }

  /** The class path is in order. */
  void inOrder() {
    order.countDown();
  }

  /** Waits for that. */
  void awaitOrder() throws InterruptedException {
    boolean came = order.await(PATIENCE_SECONDS, TimeUnit.SECONDS);
    assert came || open.getCount() > 0;
  }

  /** The runtime is ready, or never will be: nobody waits any more. */
  void settle() {
    if (weaver == null) {
      Bridge.call = null;
    }
    order.countDown();
    open.countDown();
  }

  /** What answers the public API. */
  void connect(Function<Object[], @Nullable Object> commands) {
    call = commands;
  }

  private void pass() {
    boolean interrupted = false;
    while (open.getCount() > 0) {
      try {
        if (open.await(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
          break;
        }
        settle();
        Agent.stepAside(new IllegalStateException("it did not come to be"));
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public byte @Nullable [] transform(
      @Nullable ClassLoader loader,
      @Nullable String name,
      @Nullable Class<?> redefined,
      @Nullable ProtectionDomain domain,
      byte[] bytes)
      throws IllegalClassFormatException {
    if (name == null || !(loader == null ? names.contains(name) : netty(name))) {
      return null;
    }
    if (redefined == null) {
      pass();
    }
    ClassFileTransformer woven = weaver;
    return woven == null ? null : woven.transform(loader, name, redefined, domain, bytes);
  }

  private static boolean netty(String name) {
    for (String end : NETTY) {
      if (name.endsWith(end)) {
        return true;
      }
    }
    return false;
  }

  @Override
  public @Nullable Object apply(Object[] command) {
    pass();
    Function<Object[], @Nullable Object> commands = call;
    return commands == null ? null : commands.apply(command);
  }
}
