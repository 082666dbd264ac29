package dev.graceful.control;

import java.io.Closeable;
import java.io.IOException;

/** Where clients come from: a listening socket that only the operator can reach. */
public interface Acceptor extends Closeable {
  /**
   * The next client; blocks.
   *
   * @throws IOException after {@link #close}, promptly; or for a failure that may pass
   */
  Connection accept() throws IOException;
}
