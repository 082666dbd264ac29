package dev.graceful.agent.runtime.move;

import dev.graceful.wire.LibC;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;

/**
 * Wakes threads that wait inside read(2), recv(2) or poll(2) on certain descriptors, as proc(5)'s
 * task/TID/syscall tells, with the signal that the JDK itself uses for that: their call returns
 * EINTR and the JDK goes round its loop.
 */
final class BlockedThreads {
  /** SIGRTMAX - 2, which the JDK has a handler for since its first blocking read. */
  private static final int WAKE_UP = 62;

  private static final int READ = LibC.AARCH64 ? 63 : 0;
  private static final int RECVFROM = LibC.AARCH64 ? 207 : 45;
  private static final int POLL = LibC.AARCH64 ? 73 : 7; // ppoll there
  private static final int PPOLL = LibC.AARCH64 ? 73 : 271;

  private BlockedThreads() {}

  static void wake(Set<Integer> numbers) throws IOException {
    if (numbers.isEmpty()) {
      return;
    }
    try (DirectoryStream<Path> tasks = Files.newDirectoryStream(Path.of("/proc/self/task"));
        RandomAccessFile memory = new RandomAccessFile("/proc/self/mem", "r")) {
      for (Path task : tasks) {
        try {
          byte[] bytes = Files.readAllBytes(task.resolve("syscall"));
          String call = new String(bytes, StandardCharsets.US_ASCII);
          if (numbers.contains(waitsFor(call, memory))) {
            LibC.signalThread(Integer.parseInt(task.getFileName().toString()), WAKE_UP);
          }
        } catch (IOException | NumberFormatException e) {
          // the thread has ended, or gone on
        }
      }
    }
  }

  /** The descriptor that a thread waits for, -1 if none. */
  private static int waitsFor(String call, RandomAccessFile memory) throws IOException {
    String[] words = call.trim().split(" ", -1);
    if (words.length < 3) {
      return -1; // "running"
    }
    int number = Integer.parseInt(words[0]);
    if (number == READ || number == RECVFROM) {
      return (int) argument(words[1]);
    }
    if ((number == POLL || number == PPOLL) && argument(words[2]) == 1) {
      // through the file: the thread may have ended, and its stack with it
      memory.seek(argument(words[1]));
      return Integer.reverseBytes(memory.readInt());
    }
    return -1;
  }

  private static long argument(String word) {
    return Long.parseUnsignedLong(word.substring(2), 16);
  }
}
