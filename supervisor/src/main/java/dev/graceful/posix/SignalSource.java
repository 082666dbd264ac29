package dev.graceful.posix;

import static dev.graceful.posix.CLibrary.C;
import static dev.graceful.posix.CLibrary.RUNTIME;
import static dev.graceful.posix.CLibrary.check;
import static dev.graceful.posix.CLibrary.errno;

import dev.graceful.wire.Errno;
import dev.graceful.wire.ErrnoException;
import dev.graceful.wire.HookSignal;
import dev.graceful.wire.LibC;
import java.io.Closeable;
import java.io.EOFException;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import jnr.ffi.Memory;
import jnr.ffi.Pointer;
import org.jspecify.annotations.Nullable;

/**
 * The six signals of the supervisor, through signalfd(2): those that came before this was opened
 * are read too, as long as they were blocked when they came.
 *
 * <p>The launcher blocks them before the JVM starts. It must give the JVM {@code -Xrs}, without
 * which HotSpot unblocks HUP, INT and TERM in its threads, and another number than USR2's in {@code
 * _JAVA_SR_SIGNUM}, without which it unblocks USR2 and swallows it.
 */
public final class SignalSource implements Closeable {
  /** sizeof(struct signalfd_siginfo); its first field is the number of the signal. */
  private static final int SIGINFO = 128;

  private static final int SIGSET = 128;
  private static final short POLLIN = 1;

  private final int signals;
  private final int wake;
  private final Pointer poll = Memory.allocateDirect(RUNTIME, 16, true);
  private final Pointer info = Memory.allocateDirect(RUNTIME, SIGINFO, true);
  private final Occupancy occupancy = new Occupancy(this::release);

  private SignalSource(int signals, int wake) {
    this.signals = signals;
    this.wake = wake;
    poll.putInt(0, signals);
    poll.putShort(4, POLLIN);
    poll.putInt(8, wake);
    poll.putShort(12, POLLIN);
  }

  /** Whether every thread of this process blocks all six: only then none can be lost. */
  public static boolean blocked() {
    long mask = mask();
    try (DirectoryStream<Path> threads = Files.newDirectoryStream(Path.of("/proc/self/task"))) {
      for (Path thread : threads) {
        // a thread may have ended since the directory was read
        long blocked = ProcFs.statusHex(thread.resolve("status"), "SigBlk:").orElse(mask);
        if ((blocked & mask) != mask) {
          return false;
        }
      }
      return true;
    } catch (IOException e) {
      return false;
    }
  }

  /** Opens the source; the signals should be {@link #blocked} already. */
  public static SignalSource open() throws IOException {
    Pointer set = Memory.allocateDirect(RUNTIME, SIGSET, true);
    set.putLong(0, mask());
    int signals = check("signalfd", C.signalfd(-1, set, LibC.O_CLOEXEC | LibC.O_NONBLOCK));
    int wake = C.eventfd(0, LibC.O_CLOEXEC);
    if (wake < 0) {
      int errno = errno();
      LibC.close(signals);
      throw new ErrnoException("eventfd", errno);
    }
    return new SignalSource(signals, wake);
  }

  /**
   * Waits for the next signal. Of one that came several times before it was read there is only one,
   * as signal(7) has it; of several different ones the lowest number comes first.
   *
   * @throws IOException if {@link #close} was called, before or meanwhile
   */
  public HookSignal take() throws IOException {
    occupancy.enter();
    try {
      // one thread at a time: they share the buffers
      synchronized (poll) {
        while (true) {
          if (occupancy.closed()) {
            throw new EOFException("closed");
          }
          if (C.poll(poll, 2, -1) < 0 && errno() != Errno.EINTR) {
            throw new ErrnoException("poll", errno());
          }
          long length = C.read(signals, info, SIGINFO);
          if (length == SIGINFO) {
            HookSignal signal = signal(info.getInt(0));
            if (signal != null) {
              return signal;
            }
          } else if (length < 0 && errno() != Errno.EAGAIN && errno() != Errno.EINTR) {
            throw new ErrnoException("read of signalfd", errno());
          }
        }
      }
    } finally {
      occupancy.leave();
    }
  }

  /** Ends {@link #take}; the signals stay blocked. */
  @Override
  public void close() {
    occupancy.close(
        () -> {
          Pointer one = Memory.allocateDirect(RUNTIME, 8, true);
          one.putLong(0, 1);
          C.write(wake, one, 8);
        });
  }

  private void release() {
    LibC.close(signals);
    LibC.close(wake);
  }

  private static long mask() {
    long mask = 0;
    for (HookSignal signal : HookSignal.values()) {
      mask |= 1L << (number(signal) - 1);
    }
    return mask;
  }

  private static @Nullable HookSignal signal(int number) {
    for (HookSignal signal : HookSignal.values()) {
      if (number(signal) == number) {
        return signal;
      }
    }
    return null;
  }

  /** signal(7); the same on x86-64 and aarch64. */
  private static int number(HookSignal signal) {
    return switch (signal) {
      case HUP -> 1;
      case USR1 -> 10;
      case USR2 -> 12;
      case INT -> 2;
      case TERM -> 15;
      case TSTP -> 20;
    };
  }
}
