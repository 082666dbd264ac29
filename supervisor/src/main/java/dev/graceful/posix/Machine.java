package dev.graceful.posix;

import java.util.Locale;
import java.util.Optional;

/**
 * The machine that this runs on, and the numbers that differ (or could) between machines: system
 * call numbers and flags, all in this one place.
 */
public final class Machine {
  /** pidfd_send_signal(2); calls from 424 on have one number on all machines. */
  static final long SYS_PIDFD_SEND_SIGNAL = 424;

  /** pidfd_open(2). */
  static final long SYS_PIDFD_OPEN = 434;

  private static final boolean AARCH64 = "aarch64".equals(System.getProperty("os.arch"));

  /** open(2): no symlink as the last component. */
  static final int O_NOFOLLOW = AARCH64 ? 0100000 : 0400000;

  private Machine() {}

  /** Why this machine cannot run a supervisor, in one line; empty if it can. */
  public static Optional<String> check() {
    return check(System.getProperty("os.name", ""), System.getProperty("os.arch", ""));
  }

  static Optional<String> check(String system, String architecture) {
    if (!system.equals("Linux")) {
      return Optional.of(
          "graceful needs Linux, and this is " + system + ": run it there, or in a container");
    }
    return switch (architecture.toLowerCase(Locale.ROOT)) {
      case "amd64", "x86_64", "aarch64" -> Optional.empty();
      default ->
          Optional.of(
              "graceful needs a 64-bit x86 or ARM machine and a JVM for it, and this JVM is for "
                  + architecture
                  + ": use a JVM for x86-64 or aarch64");
    };
  }
}
