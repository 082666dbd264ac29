package dev.graceful.demo.servers;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** How a process waits on its listener, as proc(5) tells: by which call graceful has to go. */
final class Seating {
  private static final Pattern REGISTRATION =
      Pattern.compile("tfd:\\s*(\\d+) events:\\s*([0-9a-f]+)");
  private static final long EDGE_TRIGGERED = 1L << 31; // EPOLLET, epoll_ctl(2)

  private Seating() {}

  /**
   * A phrase for the table.
   *
   * @throws IOException if the process is gone
   */
  static String of(long pid, int port) throws IOException {
    List<String> inodes = listeners(port);
    Path proc = Path.of("/proc", Long.toString(pid));
    List<Path> descriptors;
    try (Stream<Path> list = Files.list(proc.resolve("fd"))) {
      descriptors = list.toList();
    }
    List<String> seats = new ArrayList<>();
    List<String> registrations = new ArrayList<>();
    for (Path descriptor : descriptors) {
      String target;
      String info;
      try {
        target = Files.readSymbolicLink(descriptor).toString();
        info = Files.readString(proc.resolve("fdinfo").resolve(descriptor.getFileName()));
      } catch (IOException e) {
        continue; // closed meanwhile
      }
      if (inodes.stream().anyMatch(inode -> target.equals("socket:[" + inode + "]"))) {
        seats.add(descriptor.getFileName().toString());
      }
      for (Matcher line = REGISTRATION.matcher(info); line.find(); ) {
        registrations.add(line.group(1) + " " + line.group(2));
      }
    }
    if (seats.isEmpty()) {
      return "not seated";
    }
    for (String registration : registrations) {
      String[] words = registration.split(" ", 2);
      if (seats.contains(words[0])) {
        boolean edge = (Long.parseLong(words[1], 16) & EDGE_TRIGGERED) != 0;
        return edge ? "epoll, edge-triggered" : "epoll, level-triggered";
      }
    }
    return "blocking accept";
  }

  /** The inodes of the sockets that listen on a port (proc_net_tcp(5): state 0A). */
  private static List<String> listeners(int port) throws IOException {
    String suffix = String.format(Locale.ROOT, ":%04X", port);
    List<String> inodes = new ArrayList<>();
    for (String table : List.of("/proc/net/tcp", "/proc/net/tcp6")) {
      for (String line : Files.readAllLines(Path.of(table))) {
        String[] words = line.trim().split("\\s+", -1);
        if (words.length > 9 && words[1].endsWith(suffix) && words[3].equals("0A")) {
          inodes.add(words[9]);
        }
      }
    }
    return inodes;
  }
}
