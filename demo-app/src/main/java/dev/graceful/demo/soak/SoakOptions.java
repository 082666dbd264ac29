package dev.graceful.demo.soak;

import java.nio.file.Path;

/**
 * What the soak was asked for.
 *
 * @param launcher the program {@code scripts/graceful}
 * @param seconds how long, where {@code swaps} is 0
 * @param swaps how many swaps in a row; 0: one every 3 s
 * @param slow whether each request takes 2 s
 */
record SoakOptions(
    Path launcher, int seconds, int clients, boolean slow, boolean keepAlive, int swaps) {

  static final String USAGE =
      """
      Usage: scripts/soak [--seconds N] [--clients N] [--slow] [--keepalive] [--swaps N]
        --seconds N   how long; default 60
        --clients N   clients at once, that never retry; default 16
        --slow        each request takes 2 s
        --keepalive   clients keep their connections; default: a new one for each request
        --swaps N     N swaps in a row, however long that takes; default: one every 3 s""";

  /**
   * Reads the command line.
   *
   * @throws IllegalArgumentException with one line that says what is wrong
   */
  static SoakOptions parse(String[] args) {
    Path launcher = Path.of("scripts/graceful");
    int seconds = 60;
    int clients = 16;
    int swaps = 0;
    boolean slow = false;
    boolean keepAlive = false;
    for (int i = 0; i < args.length; i++) {
      switch (args[i]) {
        case "--launcher" -> launcher = Path.of(value(args, ++i));
        case "--seconds" -> seconds = number(args, ++i);
        case "--clients" -> clients = number(args, ++i);
        case "--swaps" -> swaps = number(args, ++i);
        case "--slow" -> slow = true;
        case "--keepalive" -> keepAlive = true;
        default -> throw new IllegalArgumentException("no such option: " + args[i]);
      }
    }
    return new SoakOptions(launcher, seconds, clients, slow, keepAlive, swaps);
  }

  private static String value(String[] args, int i) {
    if (i >= args.length) {
      throw new IllegalArgumentException(args[i - 1] + " needs a value");
    }
    return args[i];
  }

  private static int number(String[] args, int i) {
    String value = value(args, i);
    if (!value.matches("[1-9][0-9]{0,5}")) {
      throw new IllegalArgumentException(
          args[i - 1] + " needs a number from 1 to 999999, not " + value);
    }
    return Integer.parseInt(value);
  }
}
