package dev.graceful.archive;

import dev.graceful.posix.Memory;
import dev.graceful.posix.NativeProcesses;
import dev.graceful.posix.ProcFs;
import dev.graceful.posix.Signals;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.LongStream;

/**
 * Makes archives: one at a time, in a process of the lowest priority that may be killed at any
 * time. Thread-safe.
 */
final class ArchiveMaker {
  /** Nothing is worth more than the service: with less memory than this none is made. */
  private static final long LEAST_FREE = 400L << 20;

  private static final List<byte[]> ENVIRONMENT =
      List.of("PATH=/usr/local/bin:/usr/bin:/bin".getBytes(StandardCharsets.US_ASCII));

  private final Object lock = new Object();
  private long pid;
  private long startTime;
  private boolean unwanted;

  /**
   * What to make.
   *
   * @param recorded which classes a worker has loaded
   * @param ours the agent's, as its own list has them; it may be missing
   */
  record Order(
      Path java, List<String> options, Layout layout, Path recorded, Path ours, Archive archive) {}

  /**
   * Makes one, and waits for it.
   *
   * @return false if there is none: it was interrupted, or cannot be made, or would not be used
   */
  boolean make(Order order) throws IOException {
    if (Memory.free().filter(free -> free.bytes() < LEAST_FREE).isPresent()) {
      return false;
    }
    Path file = order.archive().file();
    Path list = file.resolveSibling(".list");
    Path made = file.resolveSibling(".made");
    Path names = file.resolveSibling(".names");
    Path both = file.resolveSibling(".both");
    try {
      List<Path> own = order.layout().application();
      long[] hashes =
          ClassList.filter(
              order.recorded(), list, own.isEmpty() ? List.of(order.layout().jar()) : own);
      ClassNames.write(names, LongStream.of(hashes));
      boolean there = false;
      if (Files.isRegularFile(order.ours())) {
        Files.copy(list, both, StandardCopyOption.REPLACE_EXISTING);
        Files.write(both, Files.readAllBytes(order.ours()), StandardOpenOption.APPEND);
        there = make(order, both, made);
      }
      if (!there && !make(order, list, made)) {
        return false;
      }
      order.archive().publish(made, names);
      return true;
    } finally {
      Files.deleteIfExists(list);
      Files.deleteIfExists(made);
      Files.deleteIfExists(names);
      Files.deleteIfExists(both);
    }
  }

  /** Makes one of that list, and tries whether a JVM takes it. */
  private boolean make(Order order, Path list, Path made) throws IOException {
    Files.deleteIfExists(made);
    List<String> dump = java(order, "-Xshare:dump", "-XX:SharedClassListFile=" + list);
    dump.add("-XX:+UseG1GC"); // others cannot store the objects of the JDK's own archive
    dump.add("-XX:SharedArchiveFile=" + made);
    addClassPath(dump, order);
    if (!run(dump) || !Files.isRegularFile(made)) {
      return false;
    }
    List<String> trial = java(order, "-Xshare:on", "-XX:SharedArchiveFile=" + made);
    addClassPath(trial, order);
    trial.add("-version");
    return run(trial);
  }

  private static List<String> java(Order order, String... options) {
    List<String> command = new ArrayList<>();
    // becomes nice, which becomes the JVM: one process, and nothing that it prints is ours to show
    command.add("/bin/sh");
    command.add("-c");
    command.add("exec nice -n 19 \"$0\" \"$@\" >/dev/null 2>&1");
    command.add(order.java().toString());
    command.addAll(JvmOptions.decisive(order.options()));
    command.addAll(List.of(options));
    return command;
  }

  private static void addClassPath(List<String> command, Order order) {
    command.add("-cp");
    command.add(
        order.layout().libraries().isEmpty()
            ? "/nonexistent"
            : FastStarts.classPath(order.layout().libraries()));
  }

  private boolean run(List<String> command) throws IOException {
    synchronized (lock) {
      if (unwanted) {
        return false;
      }
      pid = NativeProcesses.spawn(new NativeProcesses.Spec(command, ENVIRONMENT, -1, -1));
      startTime = ProcFs.startTime(pid).orElse(-1);
    }
    NativeProcesses.Exit exit = NativeProcesses.waitFor(pid);
    synchronized (lock) {
      pid = 0;
      return !exit.signalled() && exit.code() == 0 && !unwanted;
    }
  }

  /** Ends what is being made; nothing more is made until {@link #allow}. */
  void forbid() {
    synchronized (lock) {
      unwanted = true;
      if (pid != 0) {
        NativeProcesses.signal(pid, startTime, Signals.KILL);
      }
    }
  }

  void allow() {
    synchronized (lock) {
      unwanted = false;
    }
  }
}
