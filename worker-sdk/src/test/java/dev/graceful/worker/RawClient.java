package dev.graceful.worker;

import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;

/** One connection to a server, byte by byte; nothing is retried. */
final class RawClient implements AutoCloseable {
  private final Socket socket;
  private final InputStream in;

  RawClient(InetSocketAddress server) throws IOException {
    this(new Socket("127.0.0.1", server.getPort()));
  }

  RawClient(Socket socket) throws IOException {
    this.socket = socket;
    socket.setSoTimeout(120_000);
    in = socket.getInputStream();
  }

  RawClient send(String text) throws IOException {
    socket.getOutputStream().write(text.getBytes(StandardCharsets.ISO_8859_1));
    return this;
  }

  RawClient get(String path) throws IOException {
    return send("GET " + path + " HTTP/1.1\r\nHost: localhost\r\n\r\n");
  }

  /** One whole answer that has a Content-Length: its head, an empty line, its body. */
  String answer() throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    String head = "";
    while (!head.endsWith("\r\n\r\n")) {
      bytes.write(next(bytes));
      head = bytes.toString(StandardCharsets.ISO_8859_1);
    }
    int length = 0;
    for (String line : head.split("\r\n")) {
      if (line.toLowerCase(java.util.Locale.ROOT).startsWith("content-length:")) {
        length = Integer.parseInt(line.substring(15).strip());
      }
    }
    for (int i = 0; i < length; i++) {
      bytes.write(next(bytes));
    }
    return bytes.toString(StandardCharsets.ISO_8859_1);
  }

  /** Whether the server takes further connections. */
  boolean serverAccepts() {
    try (Socket other = new Socket(socket.getInetAddress(), socket.getPort())) {
      return other.isConnected();
    } catch (IOException refused) {
      return false;
    }
  }

  /** Waits until the server closes; fails if it says something more. */
  void awaitClose() throws IOException {
    try {
      int next = in.read();
      if (next >= 0) {
        throw new IOException("the server says more, beginning with " + (char) next);
      }
    } catch (java.net.SocketException reset) {
      // closed, with something unread
    }
  }

  private int next(ByteArrayOutputStream sofar) throws IOException {
    int next = in.read();
    if (next < 0) {
      throw new EOFException("closed after: " + sofar.toString(StandardCharsets.ISO_8859_1));
    }
    return next;
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
