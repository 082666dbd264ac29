package dev.graceful.agent.runtime.move;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The connections that are followed, by descriptor number. Looked up without a lock. */
final class ConnectionTable {
  private volatile @Nullable Connection[] all = new @Nullable Connection[64];

  /** The connection with this number, if it is this one, or null. */
  @Nullable Connection find(Object key, int number) {
    Connection connection = find(number);
    return connection != null && connection.key == key ? connection : null;
  }

  @Nullable Connection find(int number) {
    @Nullable Connection[] now = all;
    return number >= 0 && number < now.length ? now[number] : null;
  }

  synchronized void add(Connection connection) {
    int number = connection.number;
    if (number >= all.length) {
      all = Arrays.copyOf(all, Math.max(number + 1, all.length * 2));
    }
    all[number] = connection;
  }

  synchronized void remove(Connection connection) {
    if (all[connection.number] == connection) {
      all[connection.number] = null;
    }
  }

  List<Connection> list() {
    List<Connection> list = new ArrayList<>();
    for (Connection connection : all) {
      if (connection != null) {
        list.add(connection);
      }
    }
    return list;
  }
}
