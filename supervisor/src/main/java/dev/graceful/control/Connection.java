package dev.graceful.control;

import java.io.InputStream;
import java.io.OutputStream;

/** A connected client. */
public interface Connection {
  InputStream in();

  OutputStream out();

  /**
   * Ends it, and wakes a thread that waits in either stream. May be called again, by any thread.
   */
  void close();
}
