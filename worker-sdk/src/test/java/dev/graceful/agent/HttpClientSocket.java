package dev.graceful.agent;

import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;

/** A client that says what it is told and never tries again. */
final class HttpClientSocket implements AutoCloseable {
  private final Socket socket = new Socket();
  private final InputStream in;

  /** What {@link #head} has read last. */
  String lastHead = "";

  HttpClientSocket(int port) throws IOException {
    this("127.0.0.1", port);
  }

  HttpClientSocket(String host, int port) throws IOException {
    socket.connect(new InetSocketAddress(host, port), 120_000);
    socket.setTcpNoDelay(true);
    socket.setSoTimeout(120_000);
    in = new BufferedInputStream(socket.getInputStream());
  }

  void send(String text) throws IOException {
    socket.getOutputStream().write(text.getBytes(StandardCharsets.ISO_8859_1));
  }

  /** Sends a GET and returns the body of its answer. */
  String get(String path) throws IOException {
    send("GET " + path + " HTTP/1.1\r\nHost: x\r\n\r\n");
    return answer();
  }

  /** Asks until the answer comes from {@code name}; each request must be answered. */
  boolean moved(String name) throws IOException {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(120);
    while (System.nanoTime() < deadline) {
      if (get("/moved").startsWith(name)) {
        return true;
      }
    }
    return false;
  }

  /** Whether {@code name} answers again and again. */
  boolean stays(String name) throws IOException {
    for (int i = 0; i < 100; i++) {
      if (!get("/stays").startsWith(name)) {
        return false;
      }
    }
    return true;
  }

  /** Waits until the server has read all that was sent to it. */
  void awaitRead() throws IOException, InterruptedException {
    String ours = String.format(":%04X", socket.getLocalPort());
    String theirs = String.format(":%04X", socket.getPort());
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(120);
    while (queued(ours, theirs) || queued(theirs, ours)) {
      if (System.nanoTime() > deadline) {
        throw new AssertionError("the server does not read");
      }
      Thread.sleep(5); // between two looks
    }
  }

  /** Whether the end of a connection has something to send or to be read, or is nobody's yet. */
  private static boolean queued(String local, String remote) throws IOException {
    for (String table : List.of("tcp", "tcp6")) {
      for (String line : Files.readAllLines(Path.of("/proc/net", table))) {
        String[] words = line.trim().split(" +");
        if (words[1].endsWith(local) && words[2].endsWith(remote)) {
          return !words[4].equals("00000000:00000000") || words[9].equals("0");
        }
      }
    }
    return true;
  }

  /** The next answer's body. */
  String answer() throws IOException {
    return new String(in.readNBytes(head()), StandardCharsets.ISO_8859_1);
  }

  /** The next answer's head; its Content-Length. */
  int head() throws IOException {
    StringBuilder head = new StringBuilder();
    while (head.indexOf("\r\n\r\n") < 0) {
      int next = in.read();
      if (next < 0) {
        throw new EOFException("closed after '" + head + "'");
      }
      head.append((char) next);
    }
    lastHead = head.toString();
    String lower = head.toString().toLowerCase(Locale.ROOT);
    int at = lower.indexOf("content-length: ");
    return at < 0 ? 0 : Integer.parseInt(lower.substring(at + 16).split("\r")[0]);
  }

  /** Whether something has come that was not read yet. */
  boolean answered() throws IOException {
    return in.available() > 0;
  }

  /** Whether the server has closed; waits for it, or for a byte. */
  boolean closed() throws IOException {
    return in.read() < 0;
  }

  /** Our own address, as the server sees it. */
  String address() {
    return socket.getLocalSocketAddress().toString();
  }

  void shutdownOutput() throws IOException {
    socket.shutdownOutput();
  }

  void sendUrgent() throws IOException {
    socket.sendUrgentData('!');
  }

  String bytes(int count) throws IOException {
    return new String(in.readNBytes(count), StandardCharsets.ISO_8859_1);
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
