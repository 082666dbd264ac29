package dev.graceful.e2e;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.stream.Stream;

/** Where the packaged program is, and what it is started with. */
final class Program {
  /** The checkout: the tests run in the folder of their module. */
  static final Path ROOT = Path.of("").toAbsolutePath().getParent();

  static final Path LAUNCHER = ROOT.resolve("scripts/graceful");

  private Program() {}

  /** The environment of a child: nothing but what any shell has. */
  static void scrub(Map<String, String> environment) {
    Map<String, String> kept = new java.util.HashMap<>();
    for (String name : new String[] {"PATH", "HOME", "USER", "LANG"}) {
      String value = environment.get(name);
      if (value != null) {
        kept.put(name, value);
      }
    }
    kept.put("JAVA_HOME", System.getProperty("java.home"));
    environment.clear();
    environment.putAll(kept);
  }

  /** Sends a signal as the shell does; Process.destroy would close our ends of the streams too. */
  static void signal(String name, long pid) throws IOException, InterruptedException {
    new ProcessBuilder("sh", "-c", "kill -s " + name + " " + pid)
        .redirectErrorStream(true)
        .start()
        .waitFor();
  }

  /** Whether a signal to a process waits until it is read. */
  static boolean hears(long pid, int signal) throws IOException {
    for (String line : Files.readAllLines(Path.of("/proc/" + pid + "/status"))) {
      if (line.startsWith("SigBlk:")) {
        long mask = Long.parseUnsignedLong(line.substring(7).strip(), 16);
        if ((mask & 1L << (signal - 1)) != 0) {
          return true;
        }
      }
    }
    return false;
  }

  /** Whether a signal has been sent to a process that it has not taken yet. */
  static boolean pending(long pid, int signal) throws IOException {
    for (String line : Files.readAllLines(Path.of("/proc/" + pid + "/status"))) {
      if (line.startsWith("ShdPnd:")) {
        long mask = Long.parseUnsignedLong(line.substring(7).strip(), 16);
        return (mask & 1L << (signal - 1)) != 0;
      }
    }
    return false;
  }

  /**
   * Whether that process is there and not a zombie. The first thread of one that was killed may be
   * a zombie while others are still ending: till then its sockets are open.
   */
  static boolean alive(long pid) {
    Path process = Path.of("/proc/" + pid);
    try (Stream<Path> threads = Files.list(process.resolve("task"))) {
      String stat = Files.readString(process.resolve("stat"));
      return stat.charAt(stat.lastIndexOf(')') + 2) != 'Z' || threads.count() > 1;
    } catch (IOException | UncheckedIOException e) {
      return false;
    }
  }
}
