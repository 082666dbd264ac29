package dev.graceful.agent.runtime.netty;

import java.util.List;

/**
 * A call of a native method of Netty's that hooks go to. Names and descriptors are as in a class
 * file of a Netty that is not shaded.
 *
 * @param owner the class that has both the call and the native method
 * @param caller the method that calls, with its descriptor
 * @param callee the native method that it calls, which is static, with its descriptor
 * @param effect how hook and call go together
 * @param hook the name of the hook; that after the call has {@code Done} behind it
 * @param need what is lost if a Netty does not have this call
 */
record Site(String owner, String caller, String callee, Effect effect, String hook, Need need) {
  static final String SOCKET = "io/netty/channel/unix/Socket";
  static final String DESCRIPTOR = "io/netty/channel/unix/FileDescriptor";
  static final String LINUX_SOCKET = "io/netty/channel/epoll/LinuxSocket";
  static final String NATIVE = "io/netty/channel/epoll/Native";

  /**
   * How hook and call go together. A hook gets the socket (if the caller has one) and as many of
   * the call's arguments as it wants; a hook after the call gets the result before these.
   */
  enum Effect {
    /** The hook returns nothing; the call follows. */
    BEFORE,
    /** One hook, after the call. */
    AFTER,
    /** A hook before the call returns any object or null, which one after it gets first. */
    AROUND,
    /**
     * The hook returns what the call would; if that is its word for "no answer", the call is made.
     */
    UNLESS_ANSWERED,
    /** The same, and a hook after the call, if that is made. */
    UNLESS_ANSWERED_THEN
  }

  /** What a call is hooked for. */
  enum Need {
    /** Without it no listener is seated. */
    LISTENERS,
    /** Without it no connection moves. */
    CONNECTIONS,
    /** The same, but a Netty without the calling method does not need it. */
    CONNECTIONS_IF_CALLED
  }

  private static final String BUFFER = "Ljava/nio/ByteBuffer;";

  /** What makes seats of listeners. */
  static final List<Site> LISTENERS =
      List.of(
          new Site(
              SOCKET,
              "bind(Ljava/net/SocketAddress;)V",
              "bind(IZ[BII)I",
              Effect.UNLESS_ANSWERED,
              "bind",
              Need.LISTENERS),
          new Site(
              SOCKET,
              "listen(I)V",
              "listen(II)I",
              Effect.UNLESS_ANSWERED,
              "listen",
              Need.LISTENERS),
          new Site(
              SOCKET,
              "localAddress()Ljava/net/InetSocketAddress;",
              "localAddress(I)[B",
              Effect.UNLESS_ANSWERED,
              "localAddress",
              Need.LISTENERS),
          new Site(DESCRIPTOR, "close()V", "close(I)I", Effect.BEFORE, "closing", Need.LISTENERS),
          control("Add", "(III)"),
          control("Mod", "(III)"),
          control("Del", "(II)"));

  /** What follows connections, and lets those that arrive in. */
  static final List<Site> CONNECTIONS =
      List.of(
          moving(SOCKET, "accept([B)I", "accept(I[B)I", Effect.UNLESS_ANSWERED_THEN, "accept"),
          moving(SOCKET, "shutdown(ZZ)V", "shutdown(IZZ)I", Effect.BEFORE, "shutdown"),
          bytes(SOCKET, "recv", "(" + BUFFER + "II)I", "readBuffer"),
          bytes(SOCKET, "recvAddress", "(JII)I", "readAddress"),
          bytes(DESCRIPTOR, "read", "(" + BUFFER + "II)I", "readBuffer"),
          bytes(DESCRIPTOR, "readAddress", "(JII)I", "readAddress"),
          bytes(SOCKET, "send", "(" + BUFFER + "II)I", "writeBuffer"),
          bytes(SOCKET, "sendAddress", "(JII)I", "writeAddress"),
          bytes(DESCRIPTOR, "write", "(" + BUFFER + "II)I", "writeBuffer"),
          bytes(DESCRIPTOR, "writeAddress", "(JII)I", "writeAddress"),
          bytes(DESCRIPTOR, "writev", "([" + BUFFER + "IIJ)J", "writeBuffers"),
          bytes(DESCRIPTOR, "writevAddresses", "(JI)J", "writeVector"),
          transfer(
              LINUX_SOCKET,
              "sendFile",
              "(Lio/netty/channel/DefaultFileRegion;JJJ)J",
              Effect.AFTER,
              "sendFile"),
          new Site(
              NATIVE,
              "splice(IJIJJ)I",
              "splice0(IJIJJ)I",
              Effect.BEFORE,
              "splice",
              Need.CONNECTIONS_IF_CALLED));

  /** What changes who watches a seat; that of a connection matters too. */
  private static Site control(String operation, String arguments) {
    String caller = "epollCtl" + operation;
    return new Site(
        NATIVE,
        caller + arguments + "V",
        caller + "0" + arguments + "I",
        Effect.AROUND,
        "ctl" + operation,
        Need.LISTENERS);
  }

  private static Site moving(
      String owner, String caller, String callee, Effect effect, String hook) {
    return new Site(owner, caller, callee, effect, hook, Need.CONNECTIONS);
  }

  private static Site bytes(String owner, String method, String descriptor, String hook) {
    return transfer(owner, method, descriptor, Effect.AROUND, hook);
  }

  /** The native method of the same name has the descriptor's number as its first argument. */
  private static Site transfer(
      String owner, String method, String descriptor, Effect effect, String hook) {
    String callee = method + "(I" + descriptor.substring(1);
    return new Site(owner, method + descriptor, callee, effect, hook, Need.CONNECTIONS_IF_CALLED);
  }

  /** The name of the native method. */
  String calleeName() {
    return callee.substring(0, callee.indexOf('('));
  }

  /** A descriptor or method as a Netty below {@code prefix} has it. */
  static String shaded(String text, String prefix) {
    return prefix.isEmpty() ? text : text.replace("Lio/netty/", "L" + prefix + "io/netty/");
  }
}
