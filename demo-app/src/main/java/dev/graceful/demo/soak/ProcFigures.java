package dev.graceful.demo.soak;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * What a process holds, from /proc (proc(5)).
 *
 * @param descriptors how many are open
 * @param threads how many there are
 * @param rssKilobytes resident memory
 */
public record ProcFigures(int descriptors, int threads, long rssKilobytes) {

  /** The figures of a live process of this user. */
  public static ProcFigures of(long pid) throws IOException {
    Path proc = Path.of("/proc", Long.toString(pid));
    int descriptors;
    try (Stream<Path> list = Files.list(proc.resolve("fd"))) {
      descriptors = (int) list.count();
    }
    int threads = 0;
    long rss = 0;
    for (String line : Files.readAllLines(proc.resolve("status"))) {
      if (line.startsWith("Threads:")) {
        threads = Integer.parseInt(line.substring(8).trim());
      } else if (line.startsWith("VmRSS:")) {
        rss = Long.parseLong(line.substring(6).replace("kB", "").trim());
      }
    }
    return new ProcFigures(descriptors, threads, rss);
  }

  /** Whether the command line of a process names {@code text}. */
  static boolean names(long pid, String text) {
    return commandLine(pid).contains(text);
  }

  /** The live processes whose command line names {@code text}, a zombie never. */
  public static List<Long> naming(String text) {
    List<Long> pids = new ArrayList<>();
    ProcessHandle.allProcesses()
        .map(ProcessHandle::pid)
        .filter(pid -> commandLine(pid).contains(text))
        .forEach(pids::add);
    return pids;
  }

  private static String commandLine(long pid) {
    try {
      return Files.readString(
          Path.of("/proc", Long.toString(pid), "cmdline"),
          java.nio.charset.StandardCharsets.ISO_8859_1);
    } catch (IOException e) {
      return "";
    }
  }
}
