package dev.graceful.agent.runtime.netty;

import java.lang.instrument.ClassFileTransformer;
import java.lang.invoke.MethodHandles;
import java.security.ProtectionDomain;
import org.jspecify.annotations.Nullable;

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
  private final boolean moving;
  private @Nullable SocketWeaving weaving;

  private NettyWeaver(
      MethodHandles.Lookup jdk, Listeners listeners, NettyTraffic traffic, boolean moving) {
    this.jdk = jdk;
    this.listeners = listeners;
    this.traffic = traffic;
    this.moving = moving;
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
        return weaving().weave(name, owner, bytes);
      }
    }
    return null;
  }

  private synchronized SocketWeaving weaving() {
    if (weaving == null) {
      weaving = new SocketWeaving(jdk, listeners, traffic, moving);
    }
    return weaving;
  }
}
