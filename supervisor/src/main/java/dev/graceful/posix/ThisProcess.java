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
import java.util.OptionalInt;

/** What proc(5) tells a process about itself. */
public final class ThisProcess {
  private ThisProcess() {}

  /** The command line of this process, byte for byte; empty words are kept. */
  public static List<byte[]> ownCommandLine() {
    byte[] raw;
    try {
      raw = Files.readAllBytes(Path.of("/proc/self/cmdline"));
    } catch (IOException e) {
      throw new UncheckedIOException("cannot read the command line: is /proc mounted?", e);
    }
    List<byte[]> words = new ArrayList<>();
    int start = 0;
    for (int i = 0; i < raw.length; i++) {
      if (raw[i] == 0) {
        words.add(Arrays.copyOfRange(raw, start, i));
        start = i + 1;
      }
    }
    return words;
  }

  /**
   * Whether this process has a record lock (fcntl(2)) on the file of that inode, by /proc/locks.
   */
  public static boolean locks(long inode) {
    String self = "" + ProcessHandle.current().pid();
    try {
      for (String line :
          Files.readString(Path.of("/proc/locks"), StandardCharsets.ISO_8859_1).split("\n", -1)) {
        String[] words = line.strip().split("\\s+", -1);
        if (words.length > 5
            && words[1].equals("POSIX")
            && words[3].equals("WRITE")
            && words[4].equals(self)
            && words[5].endsWith(":" + inode)) {
          return true;
        }
      }
    } catch (IOException e) {
      // then nobody knows
    }
    return false;
  }

  /** A descriptor of this process that is open on that file; empty if there is none. */
  public static OptionalInt descriptorOf(Path file) {
    try (DirectoryStream<Path> all = Files.newDirectoryStream(Path.of("/proc/self/fd"))) {
      for (Path one : all) {
        try {
          if (Files.readSymbolicLink(one).equals(file)) {
            return OptionalInt.of(Integer.parseInt(one.getFileName().toString()));
          }
        } catch (IOException e) {
          // closed since the directory was read
        }
      }
    } catch (IOException | DirectoryIteratorException e) {
      // as if there were none
    }
    return OptionalInt.empty();
  }
}
