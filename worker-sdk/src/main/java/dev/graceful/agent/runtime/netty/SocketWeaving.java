package dev.graceful.agent.runtime.netty;

import java.lang.invoke.MethodHandles;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.objectweb.asm.ClassReader;
import org.objectweb.asm.ClassWriter;

/**
 * Puts the hooks into one class of Netty's. Apart from {@link NettyWeaver}, so that nothing of this
 * is loaded where there is no native transport.
 */
final class SocketWeaving {
  private final MethodHandles.Lookup jdk;
  private final Listeners listeners;
  private final NettyTraffic traffic;
  private final List<Site> sites = new ArrayList<>();
  private boolean open;

  SocketWeaving(
      MethodHandles.Lookup jdk, Listeners listeners, NettyTraffic traffic, boolean moving) {
    this.jdk = jdk;
    this.listeners = listeners;
    this.traffic = traffic;
    sites.addAll(Site.LISTENERS);
    if (moving) {
      sites.addAll(Site.CONNECTIONS);
    }
  }

  byte @Nullable [] weave(String name, String owner, byte[] bytes) {
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
