package dev.graceful.posix;

import static dev.graceful.posix.CLibrary.C;
import static dev.graceful.posix.CLibrary.LIBRARY;
import static dev.graceful.posix.CLibrary.RUNTIME;
import static dev.graceful.posix.CLibrary.errno;

import dev.graceful.wire.Errno;
import dev.graceful.wire.ErrnoException;
import java.io.IOException;
import java.lang.ref.Reference;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.locks.LockSupport;
import jnr.ffi.Memory;
import jnr.ffi.Pointer;

/**
 * Child processes: posix_spawn(3), waitpid(2) and kill(2). All of it may be called by any thread.
 */
public final class NativeProcesses {
  /**
   * What to start.
   *
   * @param command the program, searched in PATH if it has no slash, and its arguments
   * @param environment raw NAME=VALUE bytes, passed on as they are
   * @param stdout the descriptor to put under 1, or -1 to inherit; it stays the caller's
   * @param stderr the descriptor to put under 2, or -1 to inherit; it stays the caller's
   */
  public record Spec(List<String> command, List<byte[]> environment, int stdout, int stderr) {
    public Spec {
      command = List.copyOf(command);
      environment = List.copyOf(environment);
      if (command.isEmpty()) {
        throw new IllegalArgumentException("a command needs a program");
      }
    }
  }

  /**
   * How a process ended.
   *
   * @param code the exit code, or the signal that killed it
   */
  public record Exit(boolean signalled, int code) {
    /** Of a process that is no child of this one. */
    public static final Exit UNSEEN = new Exit(false, -1);

    /** As a shell has it: what the process said, or 128 and the signal. */
    public int status() {
      return signalled ? 128 + code : code;
    }

    /** For example "exited with 1" or "was killed by signal 9 (KILL)". */
    public String describe() {
      if (equals(UNSEEN)) {
        return "ended unseen";
      }
      return signalled ? "was killed by signal " + Signals.describe(code) : "exited with " + code;
    }
  }

  private static final int WNOHANG = 1;
  private static final short POLLIN = 1;
  private static final long LOOK_NANOS = 100_000_000;

  private NativeProcesses() {}

  /**
   * Starts a process in a session of its own, with no signal blocked or ignored, the working
   * directory and standard input of this one, and no descriptor but 0, 1 and 2.
   *
   * @return its pid; the caller must {@link #waitFor} it, or it stays as a zombie
   * @throws ErrnoException why it could not be started, as fork(2) or execve(2) has it
   */
  public static long spawn(Spec spec) throws IOException {
    // for a libc that cannot close them in the child
    Descriptors.closeAllOnExec();
    try (SpawnRequest request = new SpawnRequest(spec)) {
      // under the lock: a child that ends at once must be known for one of ours
      synchronized (Orphans.LOCK) {
        long pid = request.spawn();
        Orphans.OWN.add(pid);
        return pid;
      }
    }
  }

  /**
   * Waits until a child has ended, and reaps it: its pid is free from then on.
   *
   * @throws ErrnoException ECHILD if it is no child of this process, or was waited for already
   */
  public static Exit waitFor(long pid) throws IOException {
    int[] status = new int[1];
    synchronized (Orphans.LOCK) {
      // it may be of an earlier program in this process
      Orphans.OWN.add(pid);
    }
    try {
      while (LIBRARY.waitpid(pid, status, 0) < 0) {
        if (LIBRARY.errno() != Errno.EINTR) {
          throw new ErrnoException("waitpid", LIBRARY.errno());
        }
      }
    } finally {
      synchronized (Orphans.LOCK) {
        Orphans.OWN.remove(pid);
      }
    }
    int signal = status[0] & 0x7f;
    return signal == 0 ? new Exit(false, status[0] >> 8 & 0xff) : new Exit(true, signal);
  }

  /** The bytes of a word of a command line, as the JVM would read them back. */
  public static byte[] bytes(String text) {
    return text.getBytes(SpawnRequest.charset());
  }

  /** The reverse of {@link #bytes}. */
  public static String text(byte[] word) {
    return new String(word, SpawnRequest.charset());
  }

  /** Reaps a child that has ended already, if it is one. */
  public static void reap(long pid) {
    LIBRARY.waitpid(pid, new int[1], WNOHANG);
  }

  /** Waits until a process has ended, child or not; a zombie has. */
  public static void awaitEnd(long pid, long startTime) {
    int fd = (int) C.syscall(Machine.SYS_PIDFD_OPEN, pid, 0, 0, 0);
    if (fd < 0) {
      // an old kernel, or a sandbox that does not know the call: then by looking now and then
      while (isAlive(pid, startTime)) {
        LockSupport.parkNanos(LOOK_NANOS);
      }
      return;
    }
    try {
      Pointer poll = Memory.allocateDirect(RUNTIME, 8, true);
      poll.putInt(0, fd);
      poll.putShort(4, POLLIN);
      while (isAlive(pid, startTime) && C.poll(poll, 1, -1) < 0 && errno() == Errno.EINTR) {
        // once more
      }
    } finally {
      Descriptors.close(fd);
    }
  }

  /**
   * Becomes another program: same pid, same children, same pending and blocked signals, and all
   * descriptors that are not close-on-exec. Returns only if that fails.
   *
   * @param command the program's path, and its arguments, in raw bytes
   * @param environment raw NAME=VALUE bytes
   * @return why it failed
   */
  public static ErrnoException exec(List<byte[]> command, List<byte[]> environment) {
    Pointer file = SpawnRequest.strings(command.subList(0, 1));
    Pointer arguments = SpawnRequest.strings(command);
    Pointer variables = SpawnRequest.strings(environment);
    try {
      C.execve(file.getPointer(0), arguments, variables);
      return new ErrnoException("exec", errno());
    } finally {
      // argv[0] points into it
      Reference.reachabilityFence(file);
    }
  }

  /**
   * Sends a signal to a process, child or not, if it is still the one that is meant. Through a
   * pidfd (pidfd_open(2), Linux 5.3), so that no other process that gets the pid meanwhile can be
   * hit.
   *
   * @param startTime of the process, as {@link ProcFs#startTime} gave it
   * @return false if that process has ended (a zombie has), or belongs to another user
   */
  public static boolean signal(long pid, long startTime, int signal) {
    int fd = (int) C.syscall(Machine.SYS_PIDFD_OPEN, pid, 0, 0, 0);
    if (fd < 0) {
      // an old kernel, or a sandbox that does not know the call: then without it
      return errno() != Errno.ESRCH && isAlive(pid, startTime) && LIBRARY.kill(pid, signal) == 0;
    }
    try {
      return isAlive(pid, startTime)
          && C.syscall(Machine.SYS_PIDFD_SEND_SIGNAL, fd, signal, 0, 0) == 0;
    } finally {
      Descriptors.close(fd);
    }
  }

  /** Whether the process with this pid and start time runs; a zombie does not. */
  public static boolean isAlive(long pid, long startTime) {
    OptionalLong actual = ProcFs.startTime(pid);
    return actual.isPresent() && actual.getAsLong() == startTime && !ProcFs.isZombie(pid);
  }

  /** The effective user of this process. */
  public static int user() {
    return LIBRARY.geteuid();
  }
}
