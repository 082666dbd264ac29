package dev.graceful.agent.runtime;

import dev.graceful.agent.runtime.move.Seating;
import dev.graceful.wire.Errno;
import dev.graceful.wire.ErrnoException;
import dev.graceful.wire.LibC;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * Which epoll instances of this process watch certain descriptors, and for what, as
 * /proc/self/fdinfo tells (proc(5): {@code tfd: FD events: MASK data: DATA pos:N ino:INODE}).
 *
 * <p>A registration belongs to a descriptor number and what was under it at that time (epoll(7)),
 * so it must be taken out before something else is put there, and made again after.
 */
final class EpollRegistrations {
  /** One descriptor in one epoll instance; {@code inode} is that of what was under it. */
  private record Registration(int epoll, int number, int events, long data, long inode) {}

  private static final int EPOLLIN = 1;
  private static final int EPOLLONESHOT = 1 << 30;
  private static final Path DESCRIPTORS = Path.of("/proc/self/fd");
  private static final Path DETAILS = Path.of("/proc/self/fdinfo");

  private final List<Registration> all;

  private EpollRegistrations(List<Registration> all) {
    this.all = all;
  }

  /** Reads /proc once for all of {@code numbers}. */
  static EpollRegistrations of(Set<Integer> numbers) {
    List<Registration> found = new ArrayList<>();
    if (!numbers.isEmpty()) {
      try (DirectoryStream<Path> entries = Files.newDirectoryStream(DESCRIPTORS)) {
        for (Path entry : entries) {
          if (isEpoll(entry)) {
            read(entry.getFileName().toString(), numbers, found);
          }
        }
      } catch (IOException | DirectoryIteratorException e) {
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

  private static void read(String name, Set<Integer> numbers, List<Registration> found) {
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
        int events = (int) field(line, "events:", 16);
        long data = field(line, "data:", 16);
        found.add(new Registration(epoll, number, events, data, field(line, "ino:", 16)));
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

  /** The inode of the socket under {@code number}, or -1. */
  static long inode(int number) {
    try {
      String link =
          Files.readSymbolicLink(DESCRIPTORS.resolve(Integer.toString(number))).toString();
      boolean socket = link.startsWith("socket:[") && link.endsWith("]");
      return socket ? Long.parseLong(link.substring(8, link.length() - 1)) : -1;
    } catch (IOException e) {
      return -1;
    }
  }

  /** Whether {@code number} is registered with something that is not under it any more. */
  boolean stale(int number, long inode) {
    for (Registration r : all) {
      if (r.number == number && r.inode != inode) {
        return true;
      }
    }
    return false;
  }

  /**
   * Puts {@code under} below {@code number}, which stays registered and close-on-exec as it was.
   *
   * @param has the inode of what is registered already where it should be, or -1
   * @throws ErrnoException if that failed: then all is as it was
   */
  void replace(int under, int number, long has) throws ErrnoException {
    boolean cloexec = (LibC.fcntl(number, LibC.F_GETFD, 0) & LibC.FD_CLOEXEC) != 0;
    delete(number);
    try {
      LibC.dup3(under, number, cloexec);
    } finally {
      add(number, has);
    }
  }

  private void add(int number, long has) {
    for (Registration r : all) {
      int events = armed(r.events);
      if (r.number == number
          && r.inode != has
          && LibC.epollCtl(r.epoll, LibC.EPOLL_CTL_ADD, number, events, r.data) == Errno.EEXIST) {
        // the selector's own thread was faster
        LibC.epollCtl(r.epoll, LibC.EPOLL_CTL_MOD, number, events, r.data);
      }
    }
  }

  /** Adds the registrations of {@code number}, a seat of {@code listener}. */
  void addTo(List<Seating.Watch> watches, int number, int listener) {
    for (Registration r : all) {
      if (r.number == number) {
        watches.add(new Seating.Watch(listener, r.epoll, number, r.events, r.data));
      }
    }
  }

  /**
   * A one-shot registration is disarmed by each event, and armed again by a thread of the
   * application, perhaps since it was read here. An event too many is ignored by who is not
   * waiting, one too few would be waited for for ever.
   */
  private static int armed(int events) {
    return (events & EPOLLONESHOT) != 0 ? events | EPOLLIN : events;
  }

  /** Takes the registrations of {@code number} out. */
  void delete(int number) {
    for (Registration r : all) {
      if (r.number == number) {
        // ENOENT: the selector's own thread was faster
        LibC.epollCtl(r.epoll, LibC.EPOLL_CTL_DEL, number, 0, 0);
      }
    }
  }
}
