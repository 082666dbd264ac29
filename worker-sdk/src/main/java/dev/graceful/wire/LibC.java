package dev.graceful.wire;

import com.kenai.jffi.CallContext;
import com.kenai.jffi.CallingConvention;
import com.kenai.jffi.Function;
import com.kenai.jffi.Invoker;
import com.kenai.jffi.LastError;
import com.kenai.jffi.Library;
import com.kenai.jffi.MemoryIO;
import com.kenai.jffi.Type;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * The system calls that passing and seating of descriptors needs, each with its errno checked. The
 * only class that names jffi. All calls are repeated on EINTR where that is right (not close(2)).
 *
 * <p>Constants are those of Linux on x86-64 and aarch64, where they agree; where the two differ,
 * {@link #AARCH64} decides.
 */
public final class LibC {
  public static final boolean AARCH64 = "aarch64".equals(System.getProperty("os.arch"));

  public static final int AF_UNIX = 1;
  public static final int AF_INET = 2;
  public static final int AF_INET6 = 10;
  public static final int SOCK_STREAM = 1;
  public static final int SOCK_SEQPACKET = 5;
  public static final int SOCK_NONBLOCK = 04000;
  public static final int SOCK_CLOEXEC = 02000000;
  public static final int SOL_SOCKET = 1;
  public static final int SO_REUSEADDR = 2;
  public static final int SO_TYPE = 3;
  public static final int SO_REUSEPORT = 15;
  public static final int SO_PEERCRED = 17;
  public static final int SO_RCVTIMEO = 20;
  public static final int SO_SNDTIMEO = 21;
  public static final int SO_ATTACH_FILTER = 26;
  public static final int SO_ACCEPTCONN = 30;
  public static final int SO_DOMAIN = 39;
  public static final int IPPROTO_TCP = 6;
  public static final int TCP_INFO = 11;
  public static final int IPPROTO_IPV6 = 41;
  public static final int IPV6_V6ONLY = 26;
  public static final int F_GETFD = 1;
  public static final int F_SETFD = 2;
  public static final int FD_CLOEXEC = 1;
  public static final int F_GETFL = 3;
  public static final int F_SETFL = 4;
  public static final int F_DUPFD_CLOEXEC = 1030;
  public static final int O_NONBLOCK = 04000;
  public static final int O_CLOEXEC = 02000000;
  public static final int EPOLL_CTL_ADD = 1;
  public static final int EPOLL_CTL_DEL = 2;
  public static final int EPOLL_CTL_MOD = 3;
  public static final int SHUT_RDWR = 2;
  public static final int POLLIN = 1;

  public static final int MSG_DONTWAIT = 0x40;

  /** The most descriptors that {@link #sendmsg} takes, and {@link #recvmsg} gives (unix(7)). */
  public static final int SCM_MAX_FD = 253;

  private static final int MSG_CTRUNC = 0x8;
  private static final int MSG_NOSIGNAL = 0x4000;
  private static final int MSG_CMSG_CLOEXEC = 0x40000000;
  private static final int SCM_RIGHTS = 1;

  /** sizeof(struct msghdr), offsets of its fields, and sizeof(struct cmsghdr), on both machines. */
  private static final int MSGHDR = 56;

  private static final int MSG_IOV = 16;
  private static final int MSG_IOVLEN = 24;
  private static final int MSG_CONTROL = 32;
  private static final int MSG_CONTROLLEN = 40;
  private static final int MSG_FLAGS = 48;
  private static final int CMSGHDR = 16;

  private static final MemoryIO MEMORY = MemoryIO.getInstance();
  private static final Invoker INVOKER = Invoker.getInstance();

  private static final Function SOCKET = function("socket", 3);
  private static final Function CONNECT = pointers("connect", Type.SINT, Type.POINTER, Type.SINT);
  private static final Function BIND = pointers("bind", Type.SINT, Type.POINTER, Type.SINT);
  private static final Function LISTEN = function("listen", 2);
  private static final Function ACCEPT4 =
      pointers("accept4", Type.SINT, Type.POINTER, Type.POINTER, Type.SINT);
  private static final Function SOCKETPAIR =
      pointers("socketpair", Type.SINT, Type.SINT, Type.SINT, Type.POINTER);
  private static final Function SHUTDOWN = function("shutdown", 2);
  private static final Function CLOSE = function("close", 1);
  private static final Function DUP3 = function("dup3", 3);
  private static final Function FCNTL = function("fcntl", 3);
  private static final Function EVENTFD = function("eventfd", 2);
  private static final Function WRITE = pointers("write", Type.SINT, Type.POINTER, Type.ULONG);
  private static final Function READ = pointers("read", Type.SINT, Type.POINTER, Type.ULONG);
  private static final Function POLL = pointers("poll", Type.POINTER, Type.ULONG, Type.SINT);
  private static final Function EPOLL_CTL =
      pointers("epoll_ctl", Type.SINT, Type.SINT, Type.SINT, Type.POINTER);
  private static final Function GETSOCKNAME =
      pointers("getsockname", Type.SINT, Type.POINTER, Type.POINTER);
  private static final Function GETPEERNAME =
      pointers("getpeername", Type.SINT, Type.POINTER, Type.POINTER);
  private static final Function SYSCALL =
      new Function(
          symbol("syscall"),
          CallContext.getCallContext(
              Type.SLONG,
              new Type[] {Type.SLONG, Type.SINT, Type.SINT, Type.SINT},
              CallingConvention.DEFAULT,
              true));
  private static final Function GETSOCKOPT =
      pointers("getsockopt", Type.SINT, Type.SINT, Type.SINT, Type.POINTER, Type.POINTER);
  private static final Function SETSOCKOPT =
      pointers("setsockopt", Type.SINT, Type.SINT, Type.SINT, Type.POINTER, Type.SINT);
  private static final Function SENDMSG =
      new Function(
          symbol("sendmsg"),
          CallContext.getCallContext(
              Type.SLONG,
              new Type[] {Type.SINT, Type.POINTER, Type.SINT},
              CallingConvention.DEFAULT,
              true));
  private static final Function RECVMSG =
      new Function(
          symbol("recvmsg"),
          CallContext.getCallContext(
              Type.SLONG,
              new Type[] {Type.SINT, Type.POINTER, Type.SINT},
              CallingConvention.DEFAULT,
              true));

  private LibC() {}

  private static long symbol(String name) {
    long address = Library.getDefault().getSymbolAddress(name);
    if (address == 0) {
      throw new UnsatisfiedLinkError("libc has no " + name);
    }
    return address;
  }

  private static Function function(String name, int arguments) {
    Type[] types = new Type[arguments];
    Arrays.fill(types, Type.SINT);
    return pointers(name, types);
  }

  private static Function pointers(String name, Type... types) {
    return new Function(
        symbol(name),
        CallContext.getCallContext(Type.SINT, types, CallingConvention.DEFAULT, true));
  }

  private static int errno() {
    return LastError.getInstance().get();
  }

  private static int check(String call, int result) throws ErrnoException {
    if (result < 0) {
      throw new ErrnoException(call, errno());
    }
    return result;
  }

  /** socket(2). */
  public static int socket(int domain, int type, int protocol) throws ErrnoException {
    return check(
        "socket",
        INVOKER.invokeI3(
            SOCKET.getCallContext(), SOCKET.getFunctionAddress(), domain, type, protocol));
  }

  /** socketpair(2) of AF_UNIX, close-on-exec: both ends, which the caller owns. */
  public static int[] socketpair(int type) throws ErrnoException {
    try (Memory m = new Memory(8)) {
      int result =
          (int) INVOKER.invokeNNNNrN(SOCKETPAIR, AF_UNIX, type | SOCK_CLOEXEC, 0, m.address);
      check("socketpair", result);
      return new int[] {MEMORY.getInt(m.address), MEMORY.getInt(m.address + 4)};
    }
  }

  /** connect(2) of a Unix domain socket. */
  public static void connectUnix(int fd, String path) throws ErrnoException {
    byte[] name = path.getBytes(StandardCharsets.UTF_8);
    if (name.length > 107) {
      throw new ErrnoException("connect", Errno.EINVAL);
    }
    byte[] address = new byte[110];
    address[0] = AF_UNIX;
    System.arraycopy(name, 0, address, 2, name.length);
    try (Memory m = new Memory(address)) {
      int result;
      do {
        result = (int) INVOKER.invokeNNNrN(CONNECT, fd, m.address, address.length);
      } while (result < 0 && errno() == Errno.EINTR);
      check("connect", result);
    }
  }

  /** bind(2) of {@code sockaddr}, a struct sockaddr of any family. */
  public static void bind(int fd, byte[] sockaddr) throws ErrnoException {
    try (Memory m = new Memory(sockaddr)) {
      check("bind", (int) INVOKER.invokeNNNrN(BIND, fd, m.address, sockaddr.length));
    }
  }

  /** listen(2). */
  public static void listen(int fd, int backlog) throws ErrnoException {
    check(
        "listen",
        INVOKER.invokeI2(LISTEN.getCallContext(), LISTEN.getFunctionAddress(), fd, backlog));
  }

  /** accept4(2); {@code flags} as SOCK_CLOEXEC and SOCK_NONBLOCK. */
  public static int accept4(int fd, int flags) throws ErrnoException {
    int result;
    do {
      result = (int) INVOKER.invokeNNNNrN(ACCEPT4, fd, 0, 0, flags);
    } while (result < 0 && errno() == Errno.EINTR);
    return check("accept4", result);
  }

  /** shutdown(2). Never on a shared listener: it would stop it for every process. */
  public static void shutdown(int fd, int how) throws ErrnoException {
    check(
        "shutdown",
        INVOKER.invokeI2(SHUTDOWN.getCallContext(), SHUTDOWN.getFunctionAddress(), fd, how));
  }

  /** close(2). Errors are not told: the descriptor is gone in any case. */
  public static void close(int fd) {
    INVOKER.invokeI1(CLOSE.getCallContext(), CLOSE.getFunctionAddress(), fd);
  }

  /** dup3(2): puts what {@code from} is under the number {@code to}. */
  public static void dup3(int from, int to, boolean cloexec) throws ErrnoException {
    int result;
    do {
      result =
          INVOKER.invokeI3(
              DUP3.getCallContext(), DUP3.getFunctionAddress(), from, to, cloexec ? O_CLOEXEC : 0);
    } while (result < 0 && errno() == Errno.EINTR);
    check("dup3", result);
  }

  /** fcntl(2) with an int argument; the result of the command. */
  public static int fcntl(int fd, int command, int argument) throws ErrnoException {
    return check(
        "fcntl",
        INVOKER.invokeI3(
            FCNTL.getCallContext(), FCNTL.getFunctionAddress(), fd, command, argument));
  }

  /** Sets O_NONBLOCK on the open file description of {@code fd}. */
  public static void nonBlocking(int fd) throws ErrnoException {
    int flags = fcntl(fd, F_GETFL, 0);
    if ((flags & O_NONBLOCK) == 0) {
      fcntl(fd, F_SETFL, flags | O_NONBLOCK);
    }
  }

  /**
   * epoll_ctl(2).
   *
   * @return 0 or the errno: callers decide which of ENOENT and EEXIST are fine
   */
  public static int epollCtl(int epoll, int operation, int fd, int events, long data) {
    byte[] event = new byte[16];
    // struct epoll_event is packed on x86-64 only (eventpoll.h, EPOLL_PACKED)
    int at = AARCH64 ? 8 : 4;
    putInt(event, 0, events);
    putLong(event, at, data);
    try (Memory m = new Memory(event)) {
      int result = (int) INVOKER.invokeNNNNrN(EPOLL_CTL, epoll, operation, fd, m.address);
      return result < 0 ? errno() : 0;
    }
  }

  /** eventfd(2), initially not readable; close-on-exec and non-blocking. */
  public static int eventfd() throws ErrnoException {
    int flags = O_CLOEXEC | O_NONBLOCK;
    return check(
        "eventfd",
        INVOKER.invokeI2(EVENTFD.getCallContext(), EVENTFD.getFunctionAddress(), 0, flags));
  }

  /** write(2); how many bytes were taken. */
  public static int write(int fd, byte[] bytes) throws ErrnoException {
    try (Memory m = new Memory(bytes)) {
      int result;
      do {
        result = (int) INVOKER.invokeNNNrN(WRITE, fd, m.address, bytes.length);
      } while (result < 0 && errno() == Errno.EINTR);
      return check("write", result);
    }
  }

  /** Sets a non-blocking eventfd(2) back to zero, if it is not. */
  public static void reset(int eventfd) {
    try (Memory m = new Memory(8)) {
      int result;
      do {
        result = (int) INVOKER.invokeNNNrN(READ, eventfd, m.address, 8);
      } while (result < 0 && errno() == Errno.EINTR);
      // EAGAIN: it was zero
    }
  }

  /** tgkill(2) of a thread of this process; ESRCH, when it has ended, is not told. */
  public static void signalThread(int tid, int signal) throws ErrnoException {
    int pid = (int) ProcessHandle.current().pid();
    long number = AARCH64 ? 131 : 234;
    if (INVOKER.invokeNNNNrN(SYSCALL, number, pid, tid, signal) < 0 && errno() != Errno.ESRCH) {
      throw new ErrnoException("tgkill", errno());
    }
  }

  /**
   * poll(2) of two descriptors.
   *
   * @param events for {@code first}; {@code second} is polled for POLLIN
   * @param timeout in milliseconds, negative for none
   * @return what happened to {@code first}; 0 also after a signal, so that the caller can look
   *     whether it meant something
   */
  public static int poll(int first, int events, int second, int timeout) throws ErrnoException {
    byte[] pollfds = new byte[16];
    putInt(pollfds, 0, first);
    putInt(pollfds, 4, events & 0xffff);
    putInt(pollfds, 8, second);
    putInt(pollfds, 12, POLLIN);
    try (Memory m = new Memory(pollfds)) {
      int result = (int) INVOKER.invokeNNNrN(POLL, m.address, 2, timeout);
      if (result < 0) {
        int errno = errno();
        if (errno == Errno.EINTR) {
          return 0;
        }
        throw new ErrnoException("poll", errno);
      }
      return MEMORY.getInt(m.address + 4) >>> 16;
    }
  }

  /** getsockname(2): a struct sockaddr. */
  public static byte[] getsockname(int fd) throws ErrnoException {
    try (Memory m = new Memory(new byte[132])) {
      MEMORY.putInt(m.address + 128, 128);
      check("getsockname", (int) INVOKER.invokeNNNrN(GETSOCKNAME, fd, m.address, m.address + 128));
      return m.read(0, Math.min(128, MEMORY.getInt(m.address + 128)));
    }
  }

  /** getpeername(2): a struct sockaddr. */
  public static byte[] getpeername(int fd) throws ErrnoException {
    try (Memory m = new Memory(new byte[132])) {
      MEMORY.putInt(m.address + 128, 128);
      check("getpeername", (int) INVOKER.invokeNNNrN(GETPEERNAME, fd, m.address, m.address + 128));
      return m.read(0, Math.min(128, MEMORY.getInt(m.address + 128)));
    }
  }

  /** getsockopt(2): at most {@code length} bytes. */
  public static byte[] getsockopt(int fd, int level, int option, int length) throws ErrnoException {
    try (Memory m = new Memory(new byte[length + 4])) {
      MEMORY.putInt(m.address + length, length);
      int result =
          (int) INVOKER.invokeNNNNNrN(GETSOCKOPT, fd, level, option, m.address, m.address + length);
      check("getsockopt", result);
      return m.read(0, Math.min(length, MEMORY.getInt(m.address + length)));
    }
  }

  /** getsockopt(2) of an int. */
  public static int getsockopt(int fd, int level, int option) throws ErrnoException {
    return getInt(getsockopt(fd, level, option, 4), 0);
  }

  /** setsockopt(2). */
  public static void setsockopt(int fd, int level, int option, byte[] value) throws ErrnoException {
    try (Memory m = new Memory(value)) {
      int result =
          (int) INVOKER.invokeNNNNNrN(SETSOCKOPT, fd, level, option, m.address, value.length);
      check("setsockopt", result);
    }
  }

  /** setsockopt(2) of an int. */
  public static void setsockopt(int fd, int level, int option, int value) throws ErrnoException {
    byte[] bytes = new byte[4];
    putInt(bytes, 0, value);
    setsockopt(fd, level, option, bytes);
  }

  /**
   * Attaches a classic BPF program (socket(7), SO_ATTACH_FILTER).
   *
   * @param program instructions of struct sock_filter: code, jt, jf and k of each
   */
  public static void attachFilter(int fd, int[][] program) throws ErrnoException {
    byte[] code = new byte[program.length * 8];
    for (int i = 0; i < program.length; i++) {
      int[] instruction = program[i];
      code[i * 8] = (byte) instruction[0];
      code[i * 8 + 1] = (byte) (instruction[0] >>> 8);
      code[i * 8 + 2] = (byte) instruction[1];
      code[i * 8 + 3] = (byte) instruction[2];
      putInt(code, i * 8 + 4, instruction[3]);
    }
    try (Memory m = new Memory(code)) {
      byte[] fprog = new byte[16];
      fprog[0] = (byte) program.length;
      putLong(fprog, 8, m.address);
      setsockopt(fd, SOL_SOCKET, SO_ATTACH_FILTER, fprog);
    }
  }

  /**
   * sendmsg(2) with MSG_NOSIGNAL; {@code descriptors} ride on the first byte.
   *
   * @return how many bytes were taken, which may be fewer than {@code length}
   */
  public static int sendmsg(int fd, byte[] bytes, int offset, int length, int[] descriptors)
      throws ErrnoException {
    return sendmsg(fd, bytes, offset, length, descriptors, 0);
  }

  /** The same; {@code flags} are added to MSG_NOSIGNAL. */
  public static int sendmsg(
      int fd, byte[] bytes, int offset, int length, int[] descriptors, int flags)
      throws ErrnoException {
    int control = descriptors.length == 0 ? 0 : align(CMSGHDR + 4 * descriptors.length);
    byte[] header = new byte[MSGHDR + 16 + control + length];
    System.arraycopy(bytes, offset, header, MSGHDR + 16 + control, length);
    try (Memory m = new Memory(header)) {
      long iov = m.address + MSGHDR;
      long cmsg = iov + 16;
      MEMORY.putLong(iov, cmsg + control);
      MEMORY.putLong(iov + 8, length);
      MEMORY.putLong(m.address + MSG_IOV, iov);
      MEMORY.putLong(m.address + MSG_IOVLEN, 1);
      if (control > 0) {
        MEMORY.putLong(cmsg, CMSGHDR + 4L * descriptors.length);
        MEMORY.putInt(cmsg + 8, SOL_SOCKET);
        MEMORY.putInt(cmsg + 12, SCM_RIGHTS);
        for (int i = 0; i < descriptors.length; i++) {
          MEMORY.putInt(cmsg + CMSGHDR + 4L * i, descriptors[i]);
        }
        MEMORY.putLong(m.address + MSG_CONTROL, cmsg);
        MEMORY.putLong(m.address + MSG_CONTROLLEN, control);
      }
      long result;
      do {
        result = INVOKER.invokeNNNrN(SENDMSG, fd, m.address, MSG_NOSIGNAL | flags);
      } while (result < 0 && errno() == Errno.EINTR);
      return check("sendmsg", (int) result);
    }
  }

  /** What {@link #recvmsg} received. */
  public record Received(int count, int[] descriptors, boolean truncated) {}

  /**
   * recvmsg(2) with MSG_CMSG_CLOEXEC. The caller owns the descriptors.
   *
   * @return the count of bytes, 0 at the end of the stream
   */
  public static Received recvmsg(int fd, byte[] into, int offset, int length)
      throws ErrnoException {
    int control = align(CMSGHDR + 4 * SCM_MAX_FD);
    try (Memory m = new Memory(MSGHDR + 16 + control + length)) {
      long iov = m.address + MSGHDR;
      long cmsg = iov + 16;
      long data = cmsg + control;
      MEMORY.setMemory(m.address, MSGHDR + 16, (byte) 0);
      MEMORY.putLong(iov, data);
      MEMORY.putLong(iov + 8, length);
      MEMORY.putLong(m.address + MSG_IOV, iov);
      MEMORY.putLong(m.address + MSG_IOVLEN, 1);
      MEMORY.putLong(m.address + MSG_CONTROL, cmsg);
      long result;
      do {
        MEMORY.putLong(m.address + MSG_CONTROLLEN, control);
        result = INVOKER.invokeNNNrN(RECVMSG, fd, m.address, MSG_CMSG_CLOEXEC);
      } while (result < 0 && errno() == Errno.EINTR);
      int count = check("recvmsg", (int) result);
      int[] descriptors = descriptors(cmsg, MEMORY.getLong(m.address + MSG_CONTROLLEN));
      boolean truncated = (MEMORY.getInt(m.address + MSG_FLAGS) & MSG_CTRUNC) != 0;
      MEMORY.getByteArray(data, into, offset, count);
      return new Received(count, descriptors, truncated);
    }
  }

  private static int[] descriptors(long cmsg, long controlLength) {
    int[] all = {};
    long at = cmsg;
    while (at + CMSGHDR <= cmsg + controlLength) {
      long length = MEMORY.getLong(at);
      if (length < CMSGHDR) {
        break;
      }
      if (MEMORY.getInt(at + 8) == SOL_SOCKET && MEMORY.getInt(at + 12) == SCM_RIGHTS) {
        int count = (int) (length - CMSGHDR) / 4;
        int first = all.length;
        all = Arrays.copyOf(all, first + count);
        for (int i = 0; i < count; i++) {
          all[first + i] = MEMORY.getInt(at + CMSGHDR + 4L * i);
        }
      }
      at += align((int) length);
    }
    return all;
  }

  private static int align(int length) {
    return (length + 7) & ~7;
  }

  static void putInt(byte[] bytes, int at, int value) {
    for (int i = 0; i < 4; i++) {
      bytes[at + i] = (byte) (value >>> (8 * i));
    }
  }

  static void putLong(byte[] bytes, int at, long value) {
    for (int i = 0; i < 8; i++) {
      bytes[at + i] = (byte) (value >>> (8 * i));
    }
  }

  /** A little-endian int of a struct that the kernel filled. */
  public static int getInt(byte[] bytes, int at) {
    int value = 0;
    for (int i = 3; i >= 0; i--) {
      value = value << 8 | (bytes[at + i] & 0xff);
    }
    return value;
  }

  /** Native memory of one call. */
  private static final class Memory implements AutoCloseable {
    final long address;

    Memory(int size) {
      address = MEMORY.allocateMemory(size, false);
      if (address == 0) {
        throw new OutOfMemoryError("malloc of " + size + " bytes");
      }
    }

    Memory(byte[] content) {
      this(content.length);
      MEMORY.putByteArray(address, content, 0, content.length);
    }

    byte[] read(int offset, int length) {
      byte[] bytes = new byte[length];
      MEMORY.getByteArray(address + offset, bytes, 0, length);
      return bytes;
    }

    @Override
    public void close() {
      MEMORY.freeMemory(address);
    }
  }
}
