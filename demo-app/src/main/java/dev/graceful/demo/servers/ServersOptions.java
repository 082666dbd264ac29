package dev.graceful.demo.servers;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * What the table's program was asked for.
 *
 * @param root of the checkout
 * @param jdks for the workers, one after the other
 * @param loads {@code new}, {@code keep} or both
 * @param paceMillis the shortest time between two requests of a client; negative: as the load has
 *     it
 */
record ServersOptions(
    Path root,
    List<Path> jdks,
    int seconds,
    List<String> loads,
    int paceMillis,
    List<ServerUnderTest> servers) {

  static final String USAGE =
      """
      Usage: scripts/servers [--jdk HOME]... [--seconds N] [--load new|keep]... [--pace MS] [NAME...]
        --jdk HOME     the JDK for the workers, repeatable; default: the one that runs this
        --seconds N    how long each server is swapped; default 30
        --load LOAD    new: a new connection for each request; keep: saturated keep-alive
                       connections; default: both
        --pace MS      the shortest time between two requests of one of the 16 clients;
                       default: 10 for new connections, 0 for kept ones
        NAME           which servers; default: all. They are:
                      \s""";

  /**
   * Reads the command line.
   *
   * @throws IllegalArgumentException with one line that says what is wrong
   */
  static ServersOptions parse(String[] args) {
    Path root = Path.of("");
    int seconds = 30;
    int pace = -1;
    List<Path> jdks = new ArrayList<>();
    List<String> loads = new ArrayList<>();
    List<ServerUnderTest> servers = new ArrayList<>();
    for (int i = 0; i < args.length; i++) {
      switch (args[i]) {
        case "--root" -> root = Path.of(value(args, ++i));
        case "--jdk" -> jdks.add(jdk(value(args, ++i)));
        case "--seconds" -> seconds = number(value(args, ++i));
        case "--pace" -> pace = number(value(args, ++i));
        case "--load" -> loads.add(load(value(args, ++i)));
        default -> servers.add(server(args[i]));
      }
    }
    return new ServersOptions(
        root.toAbsolutePath().normalize(),
        jdks.isEmpty() ? List.of(Path.of(System.getProperty("java.home"))) : jdks,
        seconds,
        loads.isEmpty() ? List.of("new", "keep") : loads,
        pace,
        servers.isEmpty() ? Catalog.SERVERS : servers);
  }

  static String names() {
    return String.join(" ", Catalog.SERVERS.stream().map(ServerUnderTest::name).toList());
  }

  private static String value(String[] args, int i) {
    if (i >= args.length) {
      throw new IllegalArgumentException(args[i - 1] + " needs a value");
    }
    return args[i];
  }

  private static int number(String value) {
    if (!value.matches("[0-9]{1,5}")) {
      throw new IllegalArgumentException("a number from 0 to 99999 is needed, not " + value);
    }
    return Integer.parseInt(value);
  }

  private static String load(String value) {
    if (!value.equals("new") && !value.equals("keep")) {
      throw new IllegalArgumentException("--load is new or keep, not " + value);
    }
    return value;
  }

  private static Path jdk(String value) {
    Path home = Path.of(value).toAbsolutePath();
    if (!home.resolve("bin/java").toFile().canExecute()) {
      throw new IllegalArgumentException("no JDK in " + value);
    }
    return home;
  }

  private static ServerUnderTest server(String name) {
    return Catalog.SERVERS.stream()
        .filter(server -> server.name().equals(name))
        .findFirst()
        .orElseThrow(() -> new IllegalArgumentException("no such server: " + name));
  }
}
