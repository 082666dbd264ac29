package dev.graceful.posix;

import static dev.graceful.posix.CLibrary.C;
import static dev.graceful.posix.CLibrary.LIBRARY;
import static dev.graceful.posix.CLibrary.RUNTIME;

import java.util.HashSet;
import java.util.Set;
import jnr.ffi.Memory;
import jnr.ffi.Pointer;

/**
 * Reaps the children that this process never had: whoever loses its parent becomes a child of
 * process 1 of its pid namespace (or of a subreaper, prctl(2)), and stays as a zombie if that one
 * does not wait for it. Children of its own are left to {@link NativeProcesses#waitFor}.
 */
public final class Orphans {
  private static final int P_ALL = 0;
  private static final int WNOHANG = 1;
  private static final int WEXITED = 4;
  private static final int WNOWAIT = 0x01000000;

  /** siginfo_t of a 64-bit machine: si_pid of SIGCHLD. */
  private static final int SI_PID = 16;

  private static final int SIGINFO = 128;
  private static final int PR_GET_CHILD_SUBREAPER = 37;

  /** Between two looks where there is nothing to wait for, or somebody else is about to reap. */
  private static final long PAUSE_MILLIS = 200;

  /** Guards {@link #OWN}; held from before a fork until its pid is known. */
  static final Object LOCK = new Object();

  /** Children that somebody waits for. */
  static final Set<Long> OWN = new HashSet<>();

  private Orphans() {}

  /** Whether orphans become children of this process. */
  public static boolean come() {
    if (LIBRARY.getpid() == 1) {
      return true;
    }
    Pointer answer = Memory.allocateDirect(RUNTIME, 8, true);
    return C.prctl(PR_GET_CHILD_SUBREAPER, answer.address(), 0, 0, 0) == 0 && answer.getInt(0) != 0;
  }

  /** Reaps until the thread is interrupted. */
  public static void reapAll() throws InterruptedException {
    Pointer info = Memory.allocateDirect(RUNTIME, SIGINFO, true);
    while (!Thread.interrupted()) {
      info.setMemory(0, SIGINFO, (byte) 0);
      // only looks: who it is decides whether it is taken
      int result = C.waitid(P_ALL, 0, info, WEXITED | WNOWAIT);
      if (result < 0 || !reap(info.getInt(SI_PID))) {
        Thread.sleep(PAUSE_MILLIS);
      }
    }
  }

  private static boolean reap(long pid) {
    synchronized (LOCK) {
      return pid > 0 && !OWN.contains(pid) && LIBRARY.waitpid(pid, new int[1], WNOHANG) == pid;
    }
  }
}
