package dev.graceful.posix;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.LongPredicate;

/** What proc(5) tells about processes. */
public final class ProcFs {
  private static final String SOCKET = "socket:[";

  /** USER_HZ, which is the same on all machines that this runs on. */
  private static final int TICKS_PER_SECOND = 100;

  private ProcFs() {}

  /** When a process started, in clock ticks since boot; empty if there is no such process. */
  public static OptionalLong startTime(long pid) {
    return statField(pid, 22)
        .map(Long::parseLong)
        .map(OptionalLong::of)
        .orElse(OptionalLong.empty());
  }

  /**
   * The processes of this machine, or container.
   *
   * @throws UncheckedIOException if /proc cannot be read
   */
  public static List<Long> processes() {
    List<Long> all = new ArrayList<>();
    try (DirectoryStream<Path> entries = Files.newDirectoryStream(Path.of("/proc"), "[1-9]*")) {
      for (Path entry : entries) {
        all.add(Long.parseLong(entry.getFileName().toString()));
      }
    } catch (IOException | DirectoryIteratorException e) {
      throw new UncheckedIOException(
          "cannot list the processes: is /proc mounted?",
          e instanceof IOException io ? io : new IOException(e));
    }
    return all;
  }

  /** The command line of a process; empty if there is none (any more), or a zombie. */
  public static List<String> commandLine(long pid) {
    try {
      return environment(Files.readAllBytes(Path.of("/proc", "" + pid, "cmdline"))).stream()
          .map(word -> new String(word, StandardCharsets.UTF_8))
          .toList();
    } catch (IOException e) {
      return List.of();
    }
  }

  /** The user that a process belongs to; empty if there is no such process. */
  public static OptionalLong user(long pid) {
    return statusValue(Path.of("/proc", "" + pid, "status"), "Uid:")
        .map(value -> OptionalLong.of(Long.parseLong(value.split("\\s+", -1)[1])))
        .orElse(OptionalLong.empty());
  }

  /** Whether a process leads a session (setsid(2)), as none does that it forks. */
  public static boolean leadsSession(long pid) {
    return statField(pid, 6).filter(session -> session.equals("" + pid)).isPresent();
  }

  /** For how long a process has run, in nanoseconds. */
  public static long ageNanos(long startTime) {
    try {
      String uptime = text(Path.of("/proc/uptime")).split(" ", 2)[0];
      double ticks = Double.parseDouble(uptime) * TICKS_PER_SECOND - startTime;
      return Math.max(0, (long) (ticks * (1_000_000_000L / TICKS_PER_SECOND)));
    } catch (IOException e) {
      return 0;
    }
  }

  /** A text that is another one each time that the system is booted. */
  public static String bootId() {
    try {
      return Files.readString(Path.of("/proc/sys/kernel/random/boot_id")).strip();
    } catch (IOException e) {
      throw new UncheckedIOException("cannot tell this boot from others: is /proc mounted?", e);
    }
  }

  /** Whether the process has ended and only waits to be reaped. */
  public static boolean isZombie(long pid) {
    return statField(pid, 3).filter(state -> state.equals("Z") || state.equals("X")).isPresent();
  }

  /** Resident memory of a process in bytes; empty if there is no such process, or a zombie. */
  public static OptionalLong rssBytes(long pid) {
    return statusValue(Path.of("/proc", "" + pid, "status"), "VmRSS:")
        .map(value -> OptionalLong.of(Long.parseLong(value.replace("kB", "").strip()) * 1024))
        .orElse(OptionalLong.empty());
  }

  /** The environment that this process was started with: raw NAME=VALUE bytes. */
  public static List<byte[]> environment() {
    try {
      return environment(Files.readAllBytes(Path.of("/proc/self/environ")));
    } catch (IOException e) {
      throw new UncheckedIOException("cannot read the environment: is /proc mounted?", e);
    }
  }

  static List<byte[]> environment(byte[] raw) {
    List<byte[]> all = new ArrayList<>();
    int start = 0;
    for (int i = 0; i <= raw.length; i++) {
      if (i == raw.length || raw[i] == 0) {
        if (i > start) {
          all.add(Arrays.copyOfRange(raw, start, i));
        }
        start = i + 1;
      }
    }
    return all;
  }

  /**
   * Tells the inodes of the sockets that a process has open, one for each descriptor, until {@code
   * visitor} says that it is enough (false).
   *
   * @throws IOException if there is no such process, or it is not ours to look into
   */
  public static void socketInodes(long pid, LongPredicate visitor) throws IOException {
    try (DirectoryStream<Path> all = Files.newDirectoryStream(Path.of("/proc", "" + pid, "fd"))) {
      for (Path one : all) {
        long inode = socketInode(one);
        if (inode != 0 && !visitor.test(inode)) {
          return;
        }
      }
    } catch (DirectoryIteratorException e) {
      throw e.getCause();
    }
  }

  private static long socketInode(Path descriptor) {
    try {
      String target = Files.readSymbolicLink(descriptor).toString();
      return target.startsWith(SOCKET)
          ? Long.parseLong(target, SOCKET.length(), target.length() - 1, 10)
          : 0;
    } catch (IOException e) {
      return 0; // closed since the directory was read
    }
  }

  /** A mask of a status file, such as SigBlk; empty if the file is gone. */
  static OptionalLong statusHex(Path status, String name) {
    return statusValue(status, name)
        .map(value -> OptionalLong.of(Long.parseUnsignedLong(value, 16)))
        .orElse(OptionalLong.empty());
  }

  private static Optional<String> statusValue(Path status, String name) {
    try {
      for (String line : text(status).split("\n", -1)) {
        if (line.startsWith(name)) {
          return Optional.of(line.substring(name.length()).strip());
        }
      }
    } catch (IOException e) {
      // gone
    }
    return Optional.empty();
  }

  /** A field of /proc/PID/stat, from the third on, numbered as in proc(5). */
  private static Optional<String> statField(long pid, int field) {
    try {
      String stat = text(Path.of("/proc", "" + pid, "stat"));
      // the second field is the command's name in parentheses, which may hold anything
      String[] rest = stat.substring(stat.lastIndexOf(')') + 2).strip().split(" ", -1);
      return Optional.of(rest[field - 3]);
    } catch (IOException e) {
      return Optional.empty();
    }
  }

  private static String text(Path path) throws IOException {
    return new String(Files.readAllBytes(path), StandardCharsets.ISO_8859_1);
  }
}
