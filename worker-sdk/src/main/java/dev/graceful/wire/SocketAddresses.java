package dev.graceful.wire;

import java.net.Inet4Address;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;

/** Java's addresses as struct sockaddr_in (ip(7)) and sockaddr_in6 (ipv6(7)), and back. */
public final class SocketAddresses {
  private SocketAddresses() {}

  /**
   * A struct sockaddr of family {@code domain}; an IPv4 address in AF_INET6 becomes a mapped one,
   * and the IPv4 wildcard the IPv6 one, as the JDK does.
   */
  public static byte[] encode(InetSocketAddress address, int domain) {
    byte[] host = address.getAddress().getAddress();
    int port = address.getPort();
    if (domain == LibC.AF_INET) {
      if (!(address.getAddress() instanceof Inet4Address)) {
        if (!address.getAddress().isAnyLocalAddress()) {
          throw new IllegalArgumentException(address + " on an IPv4 socket");
        }
        host = new byte[4];
      }
      byte[] in = new byte[16];
      in[0] = LibC.AF_INET;
      in[2] = (byte) (port >>> 8);
      in[3] = (byte) port;
      System.arraycopy(host, 0, in, 4, 4);
      return in;
    }
    byte[] in6 = new byte[28];
    in6[0] = LibC.AF_INET6;
    in6[2] = (byte) (port >>> 8);
    in6[3] = (byte) port;
    if (address.getAddress() instanceof Inet6Address six) {
      System.arraycopy(host, 0, in6, 8, 16);
      LibC.putInt(in6, 24, six.getScopeId());
    } else if (!address.getAddress().isAnyLocalAddress()) {
      in6[18] = (byte) 0xff;
      in6[19] = (byte) 0xff;
      System.arraycopy(host, 0, in6, 20, 4);
    }
    return in6;
  }

  /** The address in a struct sockaddr that the kernel filled; mapped ones come back as IPv4. */
  public static InetSocketAddress decode(byte[] sockaddr) {
    int family = (sockaddr[0] & 0xff) | (sockaddr[1] & 0xff) << 8;
    int port = (sockaddr[2] & 0xff) << 8 | (sockaddr[3] & 0xff);
    try {
      if (family == LibC.AF_INET) {
        byte[] host = new byte[4];
        System.arraycopy(sockaddr, 4, host, 0, 4);
        return new InetSocketAddress(InetAddress.getByAddress(host), port);
      }
      if (family == LibC.AF_INET6) {
        byte[] host = new byte[16];
        System.arraycopy(sockaddr, 8, host, 0, 16);
        int scope = LibC.getInt(sockaddr, 24);
        InetAddress plain = InetAddress.getByAddress(host);
        if (plain instanceof Inet6Address && scope > 0) {
          plain = Inet6Address.getByAddress(null, host, scope);
        }
        return new InetSocketAddress(plain, port);
      }
    } catch (UnknownHostException e) {
      throw new IllegalStateException(e);
    }
    throw new IllegalArgumentException("family " + family);
  }
}
