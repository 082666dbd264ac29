package dev.graceful.demo.soak;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.Closeable;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * One TCP connection that carries HTTP/1.1 requests one after the other. Plain on purpose: no pool
 * and no retry, so that whatever the server does wrong is seen. For one thread.
 */
public final class HttpConnection implements Closeable {
  private static final int MAX_LINE = 64 * 1024;

  private final Socket socket;
  private final InputStream in;
  private final OutputStream out;
  private final int patience;

  private HttpConnection(Socket socket, int patience) throws IOException {
    this.socket = socket;
    this.patience = patience;
    this.in = new BufferedInputStream(socket.getInputStream(), 8192);
    this.out = socket.getOutputStream();
  }

  /**
   * Connects.
   *
   * @param source local address, or null for the system's choice
   * @param patience bound of the connect and of every single read
   */
  public static HttpConnection open(
      InetSocketAddress target, @Nullable InetAddress source, Duration patience)
      throws IOException {
    Socket socket = new Socket();
    try {
      socket.setTcpNoDelay(true);
      if (source != null) {
        socket.setReuseAddress(true);
        socket.bind(new InetSocketAddress(source, 0));
      }
      int millis = (int) patience.toMillis();
      socket.connect(target, millis);
      socket.setSoTimeout(millis);
      return new HttpConnection(socket, millis);
    } catch (IOException e) {
      socket.close();
      throw e;
    }
  }

  /** Writes a request; the body is sent if it is not empty. */
  public void send(String method, String path, byte[] body, boolean last) throws IOException {
    send(method, path, "", body, last);
  }

  /** The same with further header lines, each with its CR LF. */
  public void send(String method, String path, String fields, byte[] body, boolean last)
      throws IOException {
    StringBuilder head = new StringBuilder(128);
    head.append(method).append(' ').append(path).append(" HTTP/1.1\r\nHost: localhost\r\n");
    head.append(fields);
    if (body.length > 0) {
      head.append("Content-Length: ").append(body.length).append("\r\n");
    }
    if (last) {
      head.append("Connection: close\r\n");
    }
    head.append("\r\n");
    byte[] bytes = head.toString().getBytes(StandardCharsets.US_ASCII);
    byte[] request = new byte[bytes.length + body.length];
    System.arraycopy(bytes, 0, request, 0, bytes.length);
    System.arraycopy(body, 0, request, bytes.length, body.length);
    out.write(request);
    out.flush();
  }

  /**
   * Waits for the whole answer.
   *
   * @throws EOFException if the connection ends before or within it
   */
  public Answer receive() throws IOException {
    String status = line("no answer");
    String[] words = status.split(" ", 3);
    if (words.length < 2 || !words[0].startsWith("HTTP/1.")) {
      throw new IOException("not an HTTP answer: " + status);
    }
    String version = null;
    long length = -1;
    boolean chunked = false;
    boolean closes = false;
    for (String header = line("cut head"); !header.isEmpty(); header = line("cut head")) {
      int colon = header.indexOf(':');
      String name = header.substring(0, Math.max(colon, 0)).toLowerCase(Locale.ROOT);
      String value = header.substring(colon + 1).trim();
      switch (name) {
        case "x-version" -> version = value;
        case "content-length" -> length = Long.parseLong(value);
        case "transfer-encoding" -> chunked = value.equalsIgnoreCase("chunked");
        case "connection" -> closes = value.equalsIgnoreCase("close");
        default -> {}
      }
    }
    byte[] body = chunked ? chunks() : length >= 0 ? exactly((int) length) : in.readAllBytes();
    Answer answer =
        new Answer(Integer.parseInt(words[1]), version == null ? "" : version, closes, body);
    return version != null
        ? answer
        : new Answer(answer.status(), answer.text().lines().findFirst().orElse(""), closes, body);
  }

  /** Whether the server has closed this idle connection. Takes about a millisecond. */
  public boolean closedWhileIdle() throws IOException {
    socket.setSoTimeout(1);
    try {
      in.mark(1);
      int first = in.read();
      in.reset();
      return first < 0;
    } catch (SocketTimeoutException e) {
      return false;
    } finally {
      socket.setSoTimeout(patience);
    }
  }

  private String line(String ifNothing) throws IOException {
    StringBuilder line = new StringBuilder(64);
    for (int c = in.read(); c != '\n'; c = in.read()) {
      if (c < 0) {
        throw new EOFException(line.isEmpty() ? ifNothing : "cut head");
      }
      if (line.length() > MAX_LINE) {
        throw new IOException("a header line without end");
      }
      if (c != '\r') {
        line.append((char) c);
      }
    }
    return line.toString();
  }

  private byte[] exactly(int length) throws IOException {
    byte[] body = in.readNBytes(length);
    if (body.length < length) {
      throw new EOFException("cut body");
    }
    return body;
  }

  private byte[] chunks() throws IOException {
    ByteArrayOutputStream body = new ByteArrayOutputStream();
    while (true) {
      int size = Integer.parseInt(line("cut body").split(";", 2)[0].trim(), 16);
      body.write(exactly(size));
      String end = line("cut body");
      if (size == 0) {
        while (!end.isEmpty()) {
          end = line("cut body");
        }
        return body.toByteArray();
      }
    }
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
