package dev.graceful.agent;

import java.io.IOException;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketAddress;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.AsynchronousServerSocketChannel;
import java.nio.channels.DatagramChannel;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;

/**
 * The application under test: binds in every way and prints what its classes tell of it, so that
 * the output with and without an agent can be compared. Arguments: a task, and what it needs.
 */
final class BindApp {
  private BindApp() {}

  public static void main(String[] arguments) throws Exception {
    switch (arguments[0]) {
      case "addresses" -> addresses(Integer.parseInt(arguments[1]));
      case "one" -> one(arguments[1], Integer.parseInt(arguments[2]));
      case "others" -> others(Integer.parseInt(arguments[1]), Integer.parseInt(arguments[2]));
      case "surroundings" -> surroundings();
      default -> throw new IllegalArgumentException(arguments[0]);
    }
  }

  private interface Api {
    void bind(InetSocketAddress address) throws IOException;
  }

  private static final Map<String, Api> APIS =
      new TreeMap<>(
          Map.of(
              "socket", BindApp::socket,
              "channel", a -> channel(ServerSocketChannel.open(), a),
              "inet", a -> channel(ServerSocketChannel.open(StandardProtocolFamily.INET), a),
              "inet6", a -> channel(ServerSocketChannel.open(StandardProtocolFamily.INET6), a),
              "async", BindApp::async));

  private static void addresses(int port) throws Exception {
    for (String host : new String[] {"*", "0.0.0.0", "::", "127.0.0.1", "::1"}) {
      InetSocketAddress address =
          host.equals("*")
              ? new InetSocketAddress(port)
              : new InetSocketAddress(InetAddress.getByName(host), port);
      for (String api : APIS.keySet()) {
        System.out.print(host + " " + api + ":");
        run(api, address);
      }
    }
  }

  private static void one(String host, int port) {
    InetSocketAddress address = new InetSocketAddress(host, port);
    for (String api : APIS.keySet()) {
      run(api, address);
    }
  }

  private static void run(String api, InetSocketAddress address) {
    try {
      APIS.get(api).bind(address);
    } catch (IOException | RuntimeException e) {
      System.out.print(" " + e);
    }
    System.out.println();
  }

  private static void print(Object address) {
    System.out.print(" " + address);
    if (address instanceof InetSocketAddress inet) {
      System.out.print("=" + inet.getAddress().getClass().getSimpleName());
    }
  }

  private static void socket(InetSocketAddress address) throws IOException {
    try (ServerSocket server = new ServerSocket()) {
      print(server.getLocalSocketAddress());
      server.bind(address);
      print(server.getLocalSocketAddress());
      print(server.getInetAddress());
      print(server.getLocalPort());
    }
  }

  private static void channel(ServerSocketChannel server, InetSocketAddress address)
      throws IOException {
    try (server) {
      print(server.getLocalAddress());
      server.bind(address);
      print(server.getLocalAddress());
      print(server.socket().getLocalSocketAddress());
      print(server.socket().getInetAddress());
    }
  }

  private static void async(InetSocketAddress address) throws IOException {
    try (AsynchronousServerSocketChannel server = AsynchronousServerSocketChannel.open()) {
      print(server.getLocalAddress());
      server.bind(address);
      print(server.getLocalAddress());
    }
  }

  /** What no supervisor has to do with. */
  private static void others(int server, int own) throws Exception {
    InetAddress host = InetAddress.getByName("127.0.0.1");
    SocketAddress to = new InetSocketAddress(host, server);
    SocketAddress from = new InetSocketAddress(host, own);
    try (ServerSocket any = new ServerSocket(0);
        ServerSocketChannel channel = ServerSocketChannel.open().bind(null)) {
      System.out.println(any.getLocalPort() > 0);
      System.out.println(((InetSocketAddress) channel.getLocalAddress()).getPort() > 0);
    }
    try (Socket client = new Socket()) {
      client.setReuseAddress(true);
      client.bind(from);
      client.connect(to);
      System.out.println(client.getLocalPort() == own);
    }
    try (SocketChannel client = SocketChannel.open(to)) {
      System.out.println(client.isConnected());
    }
    try (DatagramSocket datagrams = new DatagramSocket(own, host);
        DatagramChannel channel = DatagramChannel.open().bind(new InetSocketAddress(host, 0))) {
      System.out.println(datagrams.getLocalPort() == own && channel.isOpen());
    }
    Path path = Files.createTempDirectory("unix").resolve("s");
    try (ServerSocketChannel unix = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
      unix.bind(UnixDomainSocketAddress.of(path));
      unix.configureBlocking(false);
      System.out.println(unix.accept());
    }
    Files.delete(path);
    Files.delete(path.getParent());
  }

  /** What an application could see of an agent. */
  private static void surroundings() throws Exception {
    try (ServerSocketChannel server = ServerSocketChannel.open()) {
      server.bind(null);
    }
    TreeMap<Object, Object> properties = new TreeMap<>(System.getProperties());
    properties.keySet().removeIf(key -> key.toString().startsWith("sun.java.command"));
    System.out.println(properties);
    Module base = Object.class.getModule();
    Module own = BindApp.class.getModule();
    for (String name :
        new TreeMap<>(Map.of("sun.nio.ch", 1, "java.lang", 1, "java.io", 1)).keySet()) {
      System.out.println(name + " open: " + base.isOpen(name, own));
    }
    for (String name : new String[] {"com.kenai.jffi.Foreign", "org.objectweb.asm.ClassReader"}) {
      try {
        System.out.println(Class.forName(name));
      } catch (ClassNotFoundException e) {
        System.out.println(e);
      }
    }
    ThreadGroup group = Thread.currentThread().getThreadGroup();
    Thread[] threads = new Thread[20];
    int count = group.enumerate(threads);
    for (int i = 0; i < count; i++) {
      System.out.println(threads[i].getName());
    }
  }
}
