package dev.graceful.demo.servers;

import java.util.ArrayList;
import java.util.List;

/**
 * What one trial has shown.
 *
 * @param server its name in the catalog
 * @param version of the server
 * @param jdk version of the workers' JDK
 * @param load {@code new} or {@code keep}
 * @param seat how the server waits on its listener
 * @param swaps how many ended well
 * @param swapMillis the median of the time from HUP to the verdict
 * @param answered requests with their whole answer
 * @param failed requests without
 * @param connections how many the clients made
 * @param moved how often a connection went on with the next release; negative: the releases do not
 *     differ
 * @param closedByLimit kept connections that the server closed at its own limit of requests
 * @param closedOtherwise kept connections that the server closed for any other reason
 * @param remark causes of failures, and what else went wrong; empty: nothing
 */
record Result(
    String server,
    String version,
    String jdk,
    String load,
    String seat,
    int swaps,
    long swapMillis,
    long answered,
    long failed,
    long connections,
    long moved,
    long closedByLimit,
    long closedOtherwise,
    String remark) {
  private static final int FIELDS = 14;

  /** What a later trial replaces. */
  String key() {
    return server + '\t' + jdk.split("\\.", 2)[0] + '\t' + load;
  }

  String line() {
    List<String> fields = new ArrayList<>(List.of(server, version, jdk, load, seat));
    for (long figure :
        new long[] {
          swaps, swapMillis, answered, failed, connections, moved, closedByLimit, closedOtherwise
        }) {
      fields.add(Long.toString(figure));
    }
    fields.add(remark.replaceAll("[\\t\\r\\n]+", " "));
    return String.join("\t", fields);
  }

  /**
   * Reads {@link #line()}.
   *
   * @throws IllegalArgumentException if it is none
   */
  static Result parse(String line) {
    String[] f = line.split("\t", -1);
    if (f.length != FIELDS) {
      throw new IllegalArgumentException("not a result: " + line);
    }
    return new Result(
        f[0],
        f[1],
        f[2],
        f[3],
        f[4],
        Integer.parseInt(f[5]),
        Long.parseLong(f[6]),
        Long.parseLong(f[7]),
        Long.parseLong(f[8]),
        Long.parseLong(f[9]),
        Long.parseLong(f[10]),
        Long.parseLong(f[11]),
        Long.parseLong(f[12]),
        f[13]);
  }
}
