package dev.graceful.posix;

import dev.graceful.wire.ErrnoException;
import jnr.ffi.LastError;
import jnr.ffi.LibraryLoader;
import jnr.ffi.Platform;
import jnr.ffi.Pointer;
import jnr.ffi.Runtime;
import jnr.ffi.annotations.In;
import jnr.ffi.annotations.Out;
import jnr.ffi.types.size_t;
import jnr.ffi.types.ssize_t;
import jnr.posix.POSIX;
import jnr.posix.POSIXFactory;
import org.jspecify.annotations.Nullable;

/**
 * libc: jnr-posix, and the calls that it lacks. jnr-ffi keeps errno for each thread.
 *
 * <p>The interfaces are public because the class that implements them is loaded elsewhere.
 */
final class CLibrary {
  /** As the man pages have them. */
  public interface Calls {
    int signalfd(int fd, @In Pointer mask, int flags);

    int eventfd(int initial, int flags);

    int poll(@In @Out Pointer descriptors, long count, int milliseconds);

    int accept4(int fd, @Nullable Pointer address, @Nullable Pointer length, int flags);

    int fallocate(int fd, int mode, long offset, long length);

    @ssize_t
    long read(int fd, Pointer into, @size_t long length);

    @ssize_t
    long write(int fd, @In Pointer from, @size_t long length);

    @ssize_t
    long pread(int fd, Pointer into, @size_t long length, long offset);

    int waitid(int type, int id, Pointer info, int options);

    int prctl(int option, long second, long third, long fourth, long fifth);

    int sigemptyset(Pointer set);

    int posix_spawnattr_init(Pointer attributes);

    int posix_spawnattr_destroy(Pointer attributes);

    int posix_spawnattr_setflags(Pointer attributes, short flags);

    int posix_spawnattr_setsigmask(Pointer attributes, Pointer set);

    int posix_spawnattr_setsigdefault(Pointer attributes, Pointer set);

    int posix_spawn_file_actions_init(Pointer actions);

    int posix_spawn_file_actions_destroy(Pointer actions);

    int posix_spawn_file_actions_adddup2(Pointer actions, int from, int to);

    int posix_spawnp(
        @Out int[] pid,
        Pointer file,
        Pointer actions,
        Pointer attributes,
        Pointer arguments,
        Pointer environment);

    int execve(Pointer file, Pointer arguments, Pointer environment);

    long syscall(long number, long first, long second, long third, long fourth);
  }

  /** What not every libc has: an UnsatisfiedLinkError says so. */
  public interface Newer {
    /** glibc 2.34. */
    int posix_spawn_file_actions_addclosefrom_np(Pointer actions, int from);

    /** glibc only. */
    int malloc_trim(@size_t long keep);
  }

  static final Calls C = load(Calls.class);
  static final Newer NEWER = load(Newer.class);
  static final Runtime RUNTIME = Runtime.getRuntime(C);
  static final POSIX LIBRARY = POSIXFactory.getNativePOSIX();

  private CLibrary() {}

  private static <T> T load(Class<T> calls) {
    return LibraryLoader.create(calls).load(Platform.getNativePlatform().getStandardCLibraryName());
  }

  /** The errno of this thread's last call of {@link #C}. */
  static int errno() {
    return LastError.getLastError(RUNTIME);
  }

  static int check(String call, int result) throws ErrnoException {
    if (result < 0) {
      throw new ErrnoException(call, errno());
    }
    return result;
  }
}
