package dev.graceful.health;

import java.io.IOException;
import java.net.InetSocketAddress;

/**
 * A private listener of the worker.
 *
 * @param publicPort the port that its users will know
 * @param address where it is reached now
 * @param queue how many connections wait there to be accepted
 */
public record Target(int publicPort, String publicAddress, InetSocketAddress address, Queue queue) {
  /** Looks at the accept queue. */
  public interface Queue {
    int length() throws IOException;
  }
}
