package dev.graceful.core;

/**
 * What a listener listens on.
 *
 * @param host the numeric address; {@code 0.0.0.0} and {@code ::} are the wildcards
 * @param port the TCP port, not 0
 */
public record Address(String host, int port) implements Comparable<Address> {
  /** Whether a listener on this address is what a bind of {@code other} asks for. */
  public boolean matches(Address other) {
    return equals(other) || (port == other.port && wildcard() && other.wildcard());
  }

  private boolean wildcard() {
    return host.equals("0.0.0.0") || host.equals("::");
  }

  @Override
  public int compareTo(Address other) {
    int byPort = Integer.compare(port, other.port);
    return byPort != 0 ? byPort : host.compareTo(other.host);
  }

  @Override
  public String toString() {
    return (host.indexOf(':') >= 0 ? "[" + host + "]" : host) + ":" + port;
  }
}
