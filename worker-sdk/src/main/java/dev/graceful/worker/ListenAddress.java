package dev.graceful.worker;

import java.net.InetSocketAddress;
import java.net.UnknownHostException;

/**
 * An address to listen on, written as Go writes it: {@code :8080}, {@code host:8080}, {@code
 * [::1]:8080}.
 */
record ListenAddress(String host, int port) {

  /**
   * @throws IllegalArgumentException with one line that says what is wrong and how to write it
   */
  static ListenAddress parse(String text) {
    int colon = text.lastIndexOf(':');
    if (colon < 0) {
      throw malformed(text, "it has no port");
    }
    String host = text.substring(0, colon);
    if (host.startsWith("[") && host.endsWith("]")) {
      host = host.substring(1, host.length() - 1);
    } else if (host.indexOf(':') >= 0) {
      throw malformed(text, "an IPv6 address stands in brackets");
    }
    int port;
    try {
      port = Integer.parseInt(text.substring(colon + 1));
    } catch (NumberFormatException e) {
      throw malformed(text, "its port is not a number");
    }
    if (port < 0 || port > 65535) {
      throw malformed(text, "its port is not between 0 and 65535");
    }
    return new ListenAddress(host.equals("*") ? "" : host, port);
  }

  /** An empty host is the wildcard address. */
  InetSocketAddress resolve() throws UnknownHostException {
    if (host.isEmpty()) {
      return new InetSocketAddress(port);
    }
    InetSocketAddress address = new InetSocketAddress(host, port);
    if (address.isUnresolved()) {
      throw new UnknownHostException(
          "cannot listen on " + this + ": no such host; check its name, or leave it out");
    }
    return address;
  }

  @Override
  public String toString() {
    return (host.indexOf(':') >= 0 ? "[" + host + "]" : host) + ":" + port;
  }

  private static IllegalArgumentException malformed(String text, String why) {
    return new IllegalArgumentException(
        "cannot listen on \"" + text + "\": " + why + "; write :8080, host:8080 or [::1]:8080");
  }
}
