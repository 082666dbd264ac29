package dev.graceful.agent.runtime.move;

import dev.graceful.agent.runtime.framing.Bytes;
import org.jspecify.annotations.Nullable;

/**
 * Follows what the server does with its connections, told by the hooks, and moves them at the
 * moments that this gives. Any thread; the same thread between a call and its return. Nothing here
 * throws: a connection that something goes wrong with stays where it is.
 *
 * <p>A connection is named by a key, an object of the server's that lives as long as the
 * descriptor, and the descriptor's number.
 */
public final class Traffic {
  private final Bytes memory;
  private final ConnectionTable table;
  private final Departures departures;

  Traffic(Bytes memory, ConnectionTable table, Departures departures) {
    this.memory = memory;
    this.table = table;
    this.departures = departures;
  }

  /** A connection has been accepted, or has just arrived, from a listener that users reach. */
  public void accepted(Object key, int number, int listener) {
    try {
      table.add(new Connection(key, number, listener));
      departures.more();
    } catch (Throwable e) {
      // not followed: it stays
    }
  }

  /**
   * A thread is about to read.
   *
   * @return what {@link #read} wants, null if the connection is not followed
   */
  public @Nullable Object reading(Object key, int number) {
    Connection connection = table.find(key, number);
    if (connection == null) {
      return null;
    }
    connection.lock();
    try {
      if (departures.open() && connection.still()) {
        departures.move(connection);
      }
      connection.busy++;
    } finally {
      connection.unlock();
    }
    return connection;
  }

  /**
   * The thread has read.
   *
   * @param token from {@link #reading}
   * @param address where the bytes are in native memory
   * @param count how many; 0 if there was nothing to read now, negative if nothing will come
   */
  public void read(Object token, long address, int count) {
    Connection connection = (Connection) token;
    connection.lock();
    try {
      connection.busy--;
      if (connection.gone) {
        return;
      }
      if (count > 0) {
        try {
          connection.framing.received(memory, address, count);
        } catch (Throwable e) {
          connection.framing.pin("not understood");
        }
        dropPinned(connection);
      } else if (count == 0 && departures.open() && connection.still()) {
        departures.move(connection);
      }
    } finally {
      connection.unlock();
    }
  }

  /** As {@link #read}, of a vector of struct iovec (readv(2)). */
  public void readVector(Object token, long vector, long count) {
    Connection connection = (Connection) token;
    if (count <= 0) {
      read(token, 0, (int) count);
      return;
    }
    connection.lock();
    try {
      connection.busy--;
      if (!connection.gone) {
        follow(connection, vector, count, false);
        dropPinned(connection);
      }
    } finally {
      connection.unlock();
    }
  }

  private void follow(Connection connection, long vector, long count, boolean sent) {
    try {
      long left = count;
      for (long at = vector; left > 0; at += 16) {
        int length = (int) Math.min(left, memory.getLong(at + 8));
        if (sent) {
          connection.framing.sent(memory, memory.getLong(at), length);
        } else {
          connection.framing.received(memory, memory.getLong(at), length);
        }
        left -= length;
      }
    } catch (Throwable e) {
      connection.framing.pin("not understood");
    }
  }

  private void dropPinned(Connection connection) {
    if (!connection.framing.movable()) {
      table.remove(connection);
    }
  }

  /**
   * A thread is about to write something.
   *
   * @return what {@link #written} wants, null if the connection is not followed
   */
  public @Nullable Object writing(Object key, int number) {
    Connection connection = table.find(key, number);
    // without the lock, as who answers knows of the request that it has read
    return connection == null || !connection.framing.boundary() || asked(connection)
        ? connection
        : null;
  }

  /**
   * At a boundary nobody has asked for what will be written (408, say, when the client was silent
   * for too long). Were the connection to move in that moment, the client could take it for the
   * answer to a request that the next worker gets.
   */
  private boolean asked(Connection connection) {
    connection.lock();
    try {
      if (connection.framing.boundary()) {
        connection.framing.pin("an answer that nobody asked for");
        table.remove(connection);
        return false;
      }
      return true;
    } finally {
      connection.unlock();
    }
  }

  /**
   * The thread has written.
   *
   * @param token from {@link #writing}
   * @param address where the bytes are in native memory
   * @param count how many; nothing happens if it is not positive
   */
  public void written(Object token, long address, int count) {
    if (count <= 0) {
      return;
    }
    Connection connection = (Connection) token;
    connection.lock();
    try {
      if (connection.gone) {
        return;
      }
      try {
        connection.framing.sent(memory, address, count);
      } catch (Throwable e) {
        connection.framing.pin("not understood");
      }
      afterWrite(connection);
    } finally {
      connection.unlock();
    }
  }

  /** As {@link #written}, of a vector of struct iovec (writev(2)). */
  public void writtenVector(Object token, long vector, long count) {
    if (count <= 0) {
      return;
    }
    Connection connection = (Connection) token;
    connection.lock();
    try {
      if (!connection.gone) {
        follow(connection, vector, count, true);
        afterWrite(connection);
      }
    } finally {
      connection.unlock();
    }
  }

  /** Bytes have been written that this process has not seen (sendfile(2)). */
  public void transferred(Object key, int number, long count) {
    Connection connection = table.find(key, number);
    if (connection == null || count <= 0) {
      return;
    }
    connection.lock();
    try {
      if (!connection.gone) {
        connection.framing.skippedSent(count);
        afterWrite(connection);
      }
    } finally {
      connection.unlock();
    }
  }

  private void afterWrite(Connection connection) {
    if (departures.open() && connection.still()) {
      departures.move(connection);
    } else {
      dropPinned(connection);
    }
  }

  /** The server does something to the connection that another worker could not go on from. */
  public void stays(Object key, int number, String why) {
    Connection connection = table.find(key, number);
    if (connection != null) {
      connection.lock();
      try {
        connection.framing.pin(why);
        table.remove(connection);
      } finally {
        connection.unlock();
      }
    }
  }

  /** As {@link #stays(Object, int, String)}, where only the number is known. */
  public void stays(int number, String why) {
    Connection connection = table.find(number);
    if (connection != null) {
      stays(connection.key, number, why);
    }
  }

  /** The server is about to close the descriptor. */
  public void closing(Object key, int number) {
    Connection connection = table.find(key, number);
    if (connection != null) {
      connection.lock();
      try {
        connection.gone = true;
        table.remove(connection);
      } finally {
        connection.unlock();
      }
    }
  }

  /**
   * A thread is about to call epoll_ctl(2).
   *
   * @return what {@link #watched} wants, null if the number is not followed
   */
  public @Nullable Object watching(int number) {
    Connection connection = table.find(number);
    if (connection != null) {
      connection.lock();
      try {
        connection.busy++;
      } finally {
        connection.unlock();
      }
    }
    return connection;
  }

  /** The thread has called epoll_ctl(2), with result 0 if {@code done}. */
  public void watched(Object token, int epoll, int operation, int events, boolean done) {
    Connection connection = (Connection) token;
    connection.lock();
    try {
      connection.busy--;
      if (done) {
        connection.watched(epoll, operation, events);
      }
    } finally {
      connection.unlock();
    }
  }
}
