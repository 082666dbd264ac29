package dev.graceful.demo.soak;

import java.nio.file.Path;

/**
 * What the soak was asked for.
 *
 * @param launcher the program {@code scripts/graceful}
 * @param seconds how long, where {@code swaps} is 0
 * @param swaps how many swaps in a row; 0: one every 3 s
 * @param slow whether each request takes 2 s
 * @param seed of the chaos
 */
record SoakOptions(
    Path launcher,
    int seconds,
    int clients,
    boolean slow,
    boolean keepAlive,
    int swaps,
    boolean chaos,
    long seed) {

  static final String USAGE =
      """
      Usage: scripts/soak [--seconds N] [--clients N] [--slow] [--keepalive] [--swaps N]
             scripts/soak --chaos [--seconds N] [--clients N] [--seed N]
        --seconds N   how long; default 60
        --clients N   clients at once, that never retry; default 16
        --slow        each request takes 2 s
        --keepalive   clients keep their connections; default: a new one for each request
        --swaps N     N swaps in a row, however long that takes; default: one every 3 s
        --chaos       kill supervisors and workers, spoil the jar, fill the disk, at random moments
        --seed N      the moments of an earlier --chaos again""";

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
    boolean chaos = false;
    long seed = System.nanoTime() % 1_000_000;
    for (int i = 0; i < args.length; i++) {
      switch (args[i]) {
        case "--launcher" -> launcher = Path.of(value(args, ++i));
        case "--seconds" -> seconds = number(args, ++i);
        case "--clients" -> clients = number(args, ++i);
        case "--swaps" -> swaps = number(args, ++i);
        case "--slow" -> slow = true;
        case "--keepalive" -> keepAlive = true;
        case "--chaos" -> chaos = true;
        case "--seed" -> seed = number(args, ++i);
        default -> throw new IllegalArgumentException("no such option: " + args[i]);
      }
    }
    return new SoakOptions(launcher, seconds, clients, slow, keepAlive, swaps, chaos, seed);
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
