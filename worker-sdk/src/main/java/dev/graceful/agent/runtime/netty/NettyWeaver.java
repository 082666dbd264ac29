package dev.graceful.agent.runtime.netty;

import java.lang.instrument.ClassFileTransformer;
import java.lang.invoke.MethodHandles;
import java.security.ProtectionDomain;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.objectweb.asm.ClassReader;
import org.objectweb.asm.ClassWriter;

/**
 * Weaves the sockets of Netty's native transports as they are loaded, wherever from and under
 * whatever package they have been shaded to.
 */
public final class NettyWeaver implements ClassFileTransformer {
  private static final String[] CLASSES = {
    Site.SOCKET, Site.DESCRIPTOR, Site.LINUX_SOCKET, Site.NATIVE
  };

  private final MethodHandles.Lookup jdk;
  private final Listeners listeners;
  private final NettyTraffic traffic;
  private final List<Site> sites = new ArrayList<>();
  private boolean open;

  private NettyWeaver(
      MethodHandles.Lookup jdk, Listeners listeners, NettyTraffic traffic, boolean moving) {
    this.jdk = jdk;
    this.listeners = listeners;
    this.traffic = traffic;
    sites.addAll(Site.LISTENERS);
    if (moving) {
      sites.addAll(Site.CONNECTIONS);
    }
  }

  /**
   * One that weaves for as long as the JVM lives, once it is asked to.
   *
   * @param jdk a full-power lookup in package java.nio.channels of java.base
   * @param moving whether connections are to be followed
   */
  public static ClassFileTransformer make(
      MethodHandles.Lookup jdk, Listeners listeners, NettyTraffic traffic, boolean moving) {
    return new NettyWeaver(jdk, listeners, traffic, moving);
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
    for (String owner : CLASSES) {
      if (name.endsWith(owner)) {
        return weave(name, owner, bytes);
      }
    }
    return null;
  }

  private byte @Nullable [] weave(String name, String owner, byte[] bytes) {
    List<Site> here = new ArrayList<>();
    for (Site site : sites) {
      if (site.owner().equals(owner)) {
        here.add(site);
      }
    }
    if (here.isEmpty()) {
      return null;
    }
    try {
      openGate();
      ClassReader reader = new ClassReader(bytes);
      // Not COMPUTE_MAXS: ASM computes the stack from frames, and whether these bytes have some is
      // not ours to know (another agent, -Xverify:none). Too small a stack destroys memory.
      ClassWriter writer = new ClassWriter(reader, 0);
      WovenSocket woven =
          new WovenSocket(writer, name, name.substring(0, name.length() - owner.length()), here);
      reader.accept(woven, 0);
      Site missing = woven.missing();
      if (missing == null) {
        return writer.toByteArray();
      }
      traffic.off();
      if (missing.need() != Site.Need.LISTENERS) {
        complain(name, "connections do not move, they drain", missing.callee());
        return writer.toByteArray();
      }
      complain(name, "listeners are left to the application", missing.callee());
    } catch (Throwable e) {
      traffic.off();
      complain(name, "listeners are left to the application", e.toString());
    }
    return null;
  }

  private synchronized void openGate() throws ReflectiveOperationException {
    if (!open) {
      NettyGate.open(jdk, new NettyHooks(listeners), traffic);
      open = true;
    }
  }

  private void complain(String name, String what, String why) {
    try {
      listeners.complain(
          name.replace('/', '.')
              + " is not as expected ("
              + why
              + "), so its "
              + what
              + "; use Netty's NIO transport, or another version of Netty");
    } catch (Throwable e) {
      // nobody to tell
    }
  }
}
