package dev.graceful.posix;

import static dev.graceful.posix.CLibrary.C;
import static dev.graceful.posix.CLibrary.NEWER;
import static dev.graceful.posix.CLibrary.RUNTIME;

import dev.graceful.wire.ErrnoException;
import java.lang.ref.Reference;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.List;
import jnr.ffi.Memory;
import jnr.ffi.Pointer;

/** The native side of one posix_spawn(3): its structures, and the memory that they point to. */
final class SpawnRequest implements AutoCloseable {
  private static final int SETSIGDEF = 0x04;
  private static final int SETSIGMASK = 0x08;
  private static final int SETSID = 0x80;

  /** More than any libc has for these structures: 336, 80 and 128 bytes in glibc. */
  private static final int ATTRIBUTES_SIZE = 1024;

  private static final int ACTIONS_SIZE = 512;
  private static final int SIGSET_SIZE = 256;

  private final String program;
  private final Pointer file;
  private final Pointer arguments;
  private final Pointer environment;
  private final Pointer attributes = Memory.allocateDirect(RUNTIME, ATTRIBUTES_SIZE, true);
  private final Pointer actions = Memory.allocateDirect(RUNTIME, ACTIONS_SIZE, true);

  SpawnRequest(NativeProcesses.Spec spec) throws ErrnoException {
    Charset charset = charset();
    program = spec.command().get(0);
    List<byte[]> words = spec.command().stream().map(word -> word.getBytes(charset)).toList();
    file = strings(words.subList(0, 1));
    arguments = strings(words);
    environment = strings(spec.environment());
    check("posix_spawnattr_init", C.posix_spawnattr_init(attributes));
    try {
      check("posix_spawn_file_actions_init", C.posix_spawn_file_actions_init(actions));
    } catch (ErrnoException e) {
      C.posix_spawnattr_destroy(attributes);
      throw e;
    }
    try {
      signals();
      descriptors(spec);
    } catch (ErrnoException e) {
      close();
      throw e;
    }
  }

  private void signals() throws ErrnoException {
    Pointer set = Memory.allocateDirect(RUNTIME, SIGSET_SIZE, true);
    C.sigemptyset(set);
    check("posix_spawnattr_setsigmask", C.posix_spawnattr_setsigmask(attributes, set));
    // not sigfillset(3), which leaves out two that glibc keeps for itself and would leave ignored
    set.setMemory(0, SIGSET_SIZE, (byte) 0xff);
    check("posix_spawnattr_setsigdefault", C.posix_spawnattr_setsigdefault(attributes, set));
    short flags = SETSIGDEF | SETSIGMASK | SETSID;
    check("posix_spawnattr_setflags", C.posix_spawnattr_setflags(attributes, flags));
  }

  private void descriptors(NativeProcesses.Spec spec) throws ErrnoException {
    duplicate(spec.stdout(), 1);
    duplicate(spec.stderr(), 2);
    try {
      check("addclosefrom_np", NEWER.posix_spawn_file_actions_addclosefrom_np(actions, 3));
    } catch (UnsatisfiedLinkError e) {
      // an older libc: that all descriptors are close-on-exec has to do
    }
  }

  private void duplicate(int from, int to) throws ErrnoException {
    if (from >= 0) {
      check("adddup2", C.posix_spawn_file_actions_adddup2(actions, from, to));
    }
  }

  long spawn() throws ErrnoException {
    int[] pid = new int[1];
    // argv[0] holds the address of the program's name
    Pointer name = file.getPointer(0);
    int errno;
    try {
      errno = C.posix_spawnp(pid, name, actions, attributes, arguments, environment);
    } finally {
      // the native memory lives as long as the objects that stand for it
      Reference.reachabilityFence(this);
    }
    if (errno != 0) {
      throw new ErrnoException("cannot start " + program, errno);
    }
    return pid[0];
  }

  @Override
  public void close() {
    C.posix_spawn_file_actions_destroy(actions);
    C.posix_spawnattr_destroy(attributes);
  }

  /** These functions return the error instead of setting errno. */
  private static void check(String call, int error) throws ErrnoException {
    if (error != 0) {
      throw new ErrnoException(call, error);
    }
  }

  /** An array of pointers that ends in NULL, and the strings behind it in the same memory. */
  static Pointer strings(List<byte[]> strings) {
    int table = 8 * (strings.size() + 1);
    int size = table;
    for (byte[] string : strings) {
      size += string.length + 1;
    }
    Pointer memory = Memory.allocateDirect(RUNTIME, size, true);
    int at = table;
    for (int i = 0; i < strings.size(); i++) {
      byte[] string = strings.get(i);
      memory.putLong(8L * i, memory.address() + at);
      memory.put(at, string, 0, string.length);
      at += string.length + 1;
    }
    return memory;
  }

  /** How the JVM turned the bytes of the command line into strings. */
  static Charset charset() {
    try {
      return Charset.forName(System.getProperty("sun.jnu.encoding", "UTF-8"));
    } catch (IllegalArgumentException e) {
      return StandardCharsets.UTF_8;
    }
  }
}
