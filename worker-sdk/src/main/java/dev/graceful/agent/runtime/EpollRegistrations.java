package dev.graceful.agent.runtime;

import dev.graceful.agent.runtime.move.Seating;
import dev.graceful.wire.Errno;
import dev.graceful.wire.ErrnoException;
import dev.graceful.wire.LibC;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Which epoll instances of this process watch certain descriptors, and for what, as
 * /proc/self/fdinfo tells (proc(5): {@code tfd: FD events: MASK data: DATA}).
 *
 * <p>A registration belongs to a descriptor number and what was under it at that time (epoll(7)),
 * so it must be taken out before something else is put there, and made again after.
 */
final class EpollRegistrations {
  private record Registration(int epoll, int events, long data) {}

  private static final Path DESCRIPTORS = Path.of("/proc/self/fd");
  private static final Path DETAILS = Path.of("/proc/self/fdinfo");

  private final Map<Integer, List<Registration>> byNumber;

  private EpollRegistrations(Map<Integer, List<Registration>> byNumber) {
    this.byNumber = byNumber;
  }

  /** Reads /proc once for all of {@code numbers}. */
  static EpollRegistrations of(Set<Integer> numbers) {
    Map<Integer, List<Registration>> found = new HashMap<>();
    if (!numbers.isEmpty()) {
      try (DirectoryStream<Path> entries = Files.newDirectoryStream(DESCRIPTORS)) {
        for (Path entry : entries) {
          if (isEpoll(entry)) {
            read(entry.getFileName().toString(), numbers, found);
          }
        }
      } catch (IOException e) {
        // without /proc nothing is known of selectors: then only blocking servers can be reseated
      }
    }
    return new EpollRegistrations(found);
  }

  private static boolean isEpoll(Path entry) {
    try {
      return Files.readSymbolicLink(entry).toString().equals("anon_inode:[eventpoll]");
    } catch (IOException e) {
      return false; // closed meanwhile
    }
  }

  private static void read(
      String name, Set<Integer> numbers, Map<Integer, List<Registration>> found) {
    String text;
    try {
      text = new String(Files.readAllBytes(DETAILS.resolve(name)), StandardCharsets.ISO_8859_1);
    } catch (IOException e) {
      return; // closed meanwhile
    }
    int epoll = Integer.parseInt(name);
    int at = text.indexOf("tfd:");
    while (at >= 0) {
      int end = text.indexOf('\n', at);
      String line = text.substring(at, end < 0 ? text.length() : end);
      int number = (int) field(line, "tfd:", 10);
      if (numbers.contains(number)) {
        List<Registration> list = found.get(number);
        if (list == null) {
          list = new ArrayList<>();
          found.put(number, list);
        }
        int events = (int) field(line, "events:", 16);
        list.add(new Registration(epoll, events, field(line, "data:", 16)));
      }
      at = end < 0 ? -1 : text.indexOf("tfd:", end);
    }
  }

  private static long field(String line, String name, int radix) {
    int from = line.indexOf(name) + name.length();
    while (line.charAt(from) == ' ') {
      from++;
    }
    int to = from;
    while (to < line.length() && line.charAt(to) > ' ') {
      to++;
    }
    return Long.parseUnsignedLong(line.substring(from, to), radix);
  }

  /**
   * Puts {@code under} below {@code number}, which stays registered and close-on-exec as it was.
   */
  void replace(int under, int number) throws ErrnoException {
    boolean cloexec = (LibC.fcntl(number, LibC.F_GETFD, 0) & LibC.FD_CLOEXEC) != 0;
    List<Registration> registrations = byNumber.getOrDefault(number, List.of());
    delete(number);
    try {
      LibC.dup3(under, number, cloexec);
    } finally {
      for (Registration r : registrations) {
        int add = LibC.EPOLL_CTL_ADD;
        if (LibC.epollCtl(r.epoll, add, number, r.events, r.data) == Errno.EEXIST) {
          // the selector's own thread was faster
          LibC.epollCtl(r.epoll, LibC.EPOLL_CTL_MOD, number, r.events, r.data);
        }
      }
    }
  }

  /** Adds the registrations of {@code number}, a seat of {@code listener}. */
  void addTo(List<Seating.Watch> watches, int number, int listener) {
    for (Registration r : byNumber.getOrDefault(number, List.of())) {
      watches.add(new Seating.Watch(listener, r.epoll, number, r.events, r.data));
    }
  }

  /** Takes the registrations of {@code number} out. */
  void delete(int number) {
    for (Registration r : byNumber.getOrDefault(number, List.of())) {
      // ENOENT: the selector's own thread was faster
      LibC.epollCtl(r.epoll, LibC.EPOLL_CTL_DEL, number, 0, 0);
    }
  }
}
