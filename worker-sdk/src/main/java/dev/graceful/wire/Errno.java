package dev.graceful.wire;

import java.util.Map;

/**
 * The numbers of errno(3) that matter here, and their texts. They are the same on x86-64 and
 * aarch64 (asm-generic/errno.h).
 */
public final class Errno {
  public static final int EPERM = 1;
  public static final int ENOENT = 2;
  public static final int ESRCH = 3;
  public static final int EINTR = 4;
  public static final int EBADF = 9;
  public static final int ECHILD = 10;
  public static final int EAGAIN = 11;
  public static final int ENOMEM = 12;
  public static final int EACCES = 13;
  public static final int EEXIST = 17;
  public static final int EINVAL = 22;
  public static final int ENFILE = 23;
  public static final int EMFILE = 24;
  public static final int ENOSPC = 28;
  public static final int EPIPE = 32;
  public static final int EPROTO = 71;
  public static final int EADDRINUSE = 98;
  public static final int EADDRNOTAVAIL = 99;
  public static final int ENOBUFS = 105;
  public static final int ECONNRESET = 104;
  public static final int ECONNREFUSED = 111;

  private static final Map<Integer, String> MESSAGES =
      Map.ofEntries(
          Map.entry(EPERM, "Operation not permitted"),
          Map.entry(ENOENT, "No such file or directory"),
          Map.entry(ESRCH, "No such process"),
          Map.entry(EINTR, "Interrupted system call"),
          Map.entry(7, "Argument list too long"),
          Map.entry(8, "Exec format error"),
          Map.entry(EBADF, "Bad file descriptor"),
          Map.entry(ECHILD, "No child processes"),
          Map.entry(EAGAIN, "Resource temporarily unavailable"),
          Map.entry(ENOMEM, "Cannot allocate memory"),
          Map.entry(EACCES, "Permission denied"),
          Map.entry(EEXIST, "File exists"),
          Map.entry(20, "Not a directory"),
          Map.entry(21, "Is a directory"),
          Map.entry(EINVAL, "Invalid argument"),
          Map.entry(ENFILE, "Too many open files in system"),
          Map.entry(EMFILE, "Too many open files"),
          Map.entry(ENOSPC, "No space left on device"),
          Map.entry(30, "Read-only file system"),
          Map.entry(EPIPE, "Broken pipe"),
          Map.entry(36, "File name too long"),
          Map.entry(40, "Too many levels of symbolic links"),
          Map.entry(EPROTO, "Protocol error"),
          Map.entry(EADDRINUSE, "Address already in use"),
          Map.entry(EADDRNOTAVAIL, "Cannot assign requested address"),
          Map.entry(ENOBUFS, "No buffer space available"),
          Map.entry(ECONNRESET, "Connection reset by peer"),
          Map.entry(ECONNREFUSED, "Connection refused"));

  private Errno() {}

  /** The text that strerror(3) has for {@code errno} in the C locale, or its number. */
  public static String message(int errno) {
    String text = MESSAGES.get(errno);
    return text != null ? text : "error " + errno;
  }
}
