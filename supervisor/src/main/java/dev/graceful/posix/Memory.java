package dev.graceful.posix;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * How much more memory this process and its children may take: of the machine (proc(5)), and of
 * each control group above this process (cgroups(7), version 2 and version 1).
 */
public final class Memory {
  /**
   * What is free.
   *
   * @param limit what sets the limit, for a message
   */
  public record Free(long bytes, String limit) {}

  /** A limit of version 1 above this is none. */
  private static final long UNLIMITED = 1L << 60;

  private final Path proc;
  private final Path groups;

  private Memory(Path proc, Path groups) {
    this.proc = proc;
    this.groups = groups;
  }

  /**
   * Gives back what this process does not use: the garbage of the heap, and what malloc(3) keeps
   * after a busy time, such as that of a JVM's compiler. Takes some tens of milliseconds.
   */
  public static void giveBack() {
    System.gc();
    try {
      int unused = CLibrary.NEWER.malloc_trim(0);
    } catch (UnsatisfiedLinkError e) {
      // a libc that keeps nothing, or that cannot be told
    }
  }

  /** The least of all limits; empty if the system does not tell. */
  public static Optional<Free> free() {
    return free(Path.of("/proc"), Path.of("/sys/fs/cgroup"));
  }

  /** With proc(5) and the file systems of the control groups mounted there. */
  static Optional<Free> free(Path proc, Path groups) {
    Memory memory = new Memory(proc, groups);
    List<Free> all = new ArrayList<>();
    memory
        .field(proc.resolve("meminfo"), "MemAvailable:")
        .ifPresent(kilobytes -> all.add(new Free(kilobytes * 1024, "available on this machine")));
    memory.ofGroups(all);
    return all.stream().min(Comparator.comparingLong(Free::bytes));
  }

  private void ofGroups(List<Free> all) {
    for (String line : lines(proc.resolve("self/cgroup"))) {
      String[] parts = line.split(":", 3);
      if (parts.length < 3) {
        continue;
      }
      if (parts[1].isEmpty()) {
        ofGroup(groups, parts[2], "memory.max", "memory.current", "", all);
        ofGroup(groups.resolve("unified"), parts[2], "memory.max", "memory.current", "", all);
      } else if (List.of(parts[1].split(",", -1)).contains("memory")) {
        Path mount = groups.resolve("memory");
        String usage = "memory.usage_in_bytes";
        ofGroup(mount, parts[2], "memory.limit_in_bytes", usage, "total_", all);
      }
    }
  }

  /** A group and all above it; in a container the mount may begin at the group itself. */
  private void ofGroup(
      Path mount, String path, String limit, String usage, String prefix, List<Free> all) {
    for (Path group = Path.of(path).normalize(); group != null; group = group.getParent()) {
      Path folder = mount.resolve(Path.of("/").relativize(group)).normalize();
      OptionalLong most = number(folder.resolve(limit));
      OptionalLong now = number(folder.resolve(usage));
      if (most.isPresent() && now.isPresent() && most.getAsLong() < UNLIMITED) {
        // pages of files are given back before anything is killed
        Path stat = folder.resolve("memory.stat");
        long cache =
            field(stat, prefix + "inactive_file ").orElse(0L)
                + field(stat, prefix + "active_file ").orElse(0L);
        long free = Math.max(0, most.getAsLong() - Math.max(0, now.getAsLong() - cache));
        all.add(new Free(free, "limit of the control group " + group));
      }
    }
  }

  private OptionalLong number(Path file) {
    for (String line : lines(file)) {
      if (line.matches("[0-9]{1,18}")) {
        return OptionalLong.of(Long.parseLong(line));
      }
    }
    return OptionalLong.empty(); // "max", or no such file
  }

  /** The number after {@code name} at the beginning of a line. */
  private Optional<Long> field(Path file, String name) {
    for (String line : lines(file)) {
      if (line.startsWith(name)) {
        String digits = line.substring(name.length()).replace("kB", "").strip();
        if (digits.matches("[0-9]{1,18}")) {
          return Optional.of(Long.parseLong(digits));
        }
      }
    }
    return Optional.empty();
  }

  private static List<String> lines(Path file) {
    try {
      return List.of(new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1).split("\n"));
    } catch (IOException e) {
      return List.of();
    }
  }
}
