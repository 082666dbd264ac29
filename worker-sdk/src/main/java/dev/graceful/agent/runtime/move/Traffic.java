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
    synchronized (connection) {
      if (departures.open() && connection.still()) {
        departures.move(connection);
      }
      connection.busy++;
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
    synchronized (connection) {
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
    }
  }

  /** As {@link #read}, of a vector of struct iovec (readv(2)). */
  public void readVector(Object token, long vector, long count) {
    Connection connection = (Connection) token;
    if (count <= 0) {
      read(token, 0, (int) count);
      return;
    }
    synchronized (connection) {
      connection.busy--;
      if (!connection.gone) {
        follow(connection, vector, count, false);
        dropPinned(connection);
      }
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

  /** {@code count} bytes at {@code address} have been written. */
  public void written(Object key, int number, long address, int count) {
    Connection connection = table.find(key, number);
    if (connection == null || count <= 0) {
      return;
    }
    synchronized (connection) {
      if (connection.gone) {
        return;
      }
      try {
        connection.framing.sent(memory, address, count);
      } catch (Throwable e) {
        connection.framing.pin("not understood");
      }
      afterWrite(connection);
    }
  }

  /** As {@link #written}, of a vector of struct iovec (writev(2)). */
  public void writtenVector(Object key, int number, long vector, long count) {
    Connection connection = table.find(key, number);
    if (connection == null || count <= 0) {
      return;
    }
    synchronized (connection) {
      if (!connection.gone) {
        follow(connection, vector, count, true);
        afterWrite(connection);
      }
    }
  }

  /** As {@link #written}, of bytes that this process has not seen (sendfile(2)). */
  public void transferred(Object key, int number, long count) {
    Connection connection = table.find(key, number);
    if (connection == null || count <= 0) {
      return;
    }
    synchronized (connection) {
      if (!connection.gone) {
        connection.framing.skippedSent(count);
        afterWrite(connection);
      }
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
      synchronized (connection) {
        connection.framing.pin(why);
        table.remove(connection);
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
      synchronized (connection) {
        connection.gone = true;
        table.remove(connection);
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
      synchronized (connection) {
        connection.busy++;
      }
    }
    return connection;
  }

  /** The thread has called epoll_ctl(2), with result 0 if {@code done}. */
  public void watched(Object token, int epoll, int operation, int events, boolean done) {
    Connection connection = (Connection) token;
    synchronized (connection) {
      connection.busy--;
      if (done) {
        connection.watched(epoll, operation, events);
      }
    }
  }
}
