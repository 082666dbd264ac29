package dev.graceful.demo.soak;

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
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * One TCP connection that carries HTTP/1.1 requests one after the other. Plain on purpose: no pool
 * and no retry, so that whatever the server does wrong is seen; and cheap, so that it is not the
 * client that is measured. For one thread, but for {@link #close}.
 */
public final class HttpConnection implements Closeable {
  private static final int MAX_LINE = 64 * 1024;
  private static final byte[] PROTOCOL = ascii("http/1.");
  private static final byte[] VERSION = ascii("x-version:");
  private static final byte[] LENGTH = ascii("content-length:");
  private static final byte[] ENCODING = ascii("transfer-encoding:");
  private static final byte[] CONNECTION = ascii("connection:");

  private final Socket socket;
  private final InputStream in;
  private final OutputStream out;
  private final int patience;
  private byte[] buffer = new byte[8192];
  private int next; // of the bytes that are read and not yet used
  private int end;
  private int line; // where the line that was read last begins
  private int lineEnd;

  private HttpConnection(Socket socket, int patience) throws IOException {
    this.socket = socket;
    this.patience = patience;
    this.in = socket.getInputStream();
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
    return open(target, source, (int) patience.toMillis(), (int) patience.toMillis());
  }

  /**
   * The same, but a read waits for ever: a read with a bound takes three system calls where one is
   * enough. Somebody else has to close the connection in time.
   */
  static HttpConnection openUnbounded(
      InetSocketAddress target, @Nullable InetAddress source, Duration patience)
      throws IOException {
    return open(target, source, (int) patience.toMillis(), 0);
  }

  private static HttpConnection open(
      InetSocketAddress target, @Nullable InetAddress source, int connectMillis, int readMillis)
      throws IOException {
    Socket socket = new Socket();
    try {
      socket.setTcpNoDelay(true);
      if (source != null) {
        socket.setReuseAddress(true);
        socket.bind(new InetSocketAddress(source, 0));
      }
      socket.connect(target, connectMillis);
      if (readMillis > 0) {
        socket.setSoTimeout(readMillis);
      }
      return new HttpConnection(socket, readMillis);
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
    send(request(method, path, fields, body, last));
  }

  /** Writes a request that {@link #request} made. */
  void send(byte[] request) throws IOException {
    out.write(request);
  }

  static byte[] request(String method, String path, String fields, byte[] body, boolean last) {
    StringBuilder head = new StringBuilder(128);
    head.append(method).append(' ').append(path).append(" HTTP/1.1\r\nHost: localhost\r\n");
    head.append(fields);
    if (body.length > 0) {
      head.append("Content-Length: ").append(body.length).append("\r\n");
    }
    if (last) {
      head.append("Connection: close\r\n");
    }
    byte[] bytes = ascii(head.append("\r\n").toString());
    byte[] request = Arrays.copyOf(bytes, bytes.length + body.length);
    System.arraycopy(body, 0, request, bytes.length, body.length);
    return request;
  }

  /**
   * Waits for the whole answer.
   *
   * @throws EOFException if the connection ends before or within it
   */
  public Answer receive() throws IOException {
    readLine("no answer");
    int status = status();
    String version = null;
    long length = -1;
    boolean chunked = false;
    boolean closes = false;
    for (readLine("cut head"); lineEnd > line; readLine("cut head")) {
      if (begins(VERSION)) {
        version = value(VERSION);
      } else if (begins(LENGTH)) {
        length = Long.parseLong(value(LENGTH));
      } else if (begins(ENCODING)) {
        chunked = value(ENCODING).equalsIgnoreCase("chunked");
      } else if (begins(CONNECTION)) {
        closes = value(CONNECTION).equalsIgnoreCase("close");
      }
    }
    byte[] body = chunked ? chunks() : length >= 0 ? exactly((int) length) : rest();
    if (version == null) {
      version = new String(body, StandardCharsets.UTF_8).lines().findFirst().orElse("");
    }
    return new Answer(status, version, closes, body);
  }

  private int status() throws IOException {
    // "HTTP/1.1 200", with or without a reason
    int digits = line + PROTOCOL.length + 2;
    if (begins(PROTOCOL) && digits + 3 <= lineEnd && buffer[digits - 1] == ' ') {
      int status = 0;
      for (int i = digits; i < digits + 3; i++) {
        status = 10 * status + buffer[i] - '0';
      }
      if (status >= 100 && status < 600) {
        return status;
      }
    }
    throw new IOException("not an HTTP answer: " + text(line, lineEnd));
  }

  /** Whether the server has closed this idle connection. Takes about a millisecond. */
  public boolean closedWhileIdle() throws IOException {
    if (next < end) {
      return false;
    }
    socket.setSoTimeout(1);
    try {
      return !fill();
    } catch (SocketTimeoutException e) {
      return false;
    } finally {
      socket.setSoTimeout(patience);
    }
  }

  /** Reads a line of a head, without its end, into {@link #line} to {@link #lineEnd}. */
  private void readLine(String ifNothing) throws IOException {
    line = next;
    for (int i = next; ; i++) {
      while (i == end) {
        int seen = i - line;
        if (seen > MAX_LINE) {
          throw new IOException("a header line without end");
        }
        if (!fill()) {
          throw new EOFException(seen == 0 ? ifNothing : "cut head");
        }
        i = line + seen;
      }
      if (buffer[i] == '\n') {
        next = i + 1;
        lineEnd = i > line && buffer[i - 1] == '\r' ? i - 1 : i;
        return;
      }
    }
  }

  private boolean begins(byte[] name) {
    if (lineEnd - line < name.length) {
      return false;
    }
    for (int i = 0; i < name.length; i++) {
      int c = buffer[line + i];
      if ((c >= 'A' && c <= 'Z' ? c + 32 : c) != name[i]) {
        return false;
      }
    }
    return true;
  }

  private String value(byte[] name) {
    return text(line + name.length, lineEnd).trim();
  }

  private String text(int from, int to) {
    return new String(buffer, from, to - from, StandardCharsets.ISO_8859_1);
  }

  /** Reads what has come; what is unused, the current line included, stays. False: the end. */
  private boolean fill() throws IOException {
    int keep = Math.min(line, next);
    if (keep > 0) {
      System.arraycopy(buffer, keep, buffer, 0, end - keep);
      line -= keep;
      next -= keep;
      end -= keep;
    }
    if (end == buffer.length) {
      buffer = Arrays.copyOf(buffer, 2 * buffer.length);
    }
    int n = in.read(buffer, end, buffer.length - end);
    end += Math.max(n, 0);
    return n >= 0;
  }

  private byte[] exactly(int length) throws IOException {
    byte[] body = new byte[length];
    int got = Math.min(length, end - next);
    System.arraycopy(buffer, next, body, 0, got);
    next += got;
    line = next;
    if (got < length && in.readNBytes(body, got, length - got) < length - got) {
      throw new EOFException("cut body");
    }
    return body;
  }

  private byte[] rest() throws IOException {
    ByteArrayOutputStream body = new ByteArrayOutputStream();
    body.write(exactly(end - next));
    body.write(in.readAllBytes());
    return body.toByteArray();
  }

  private byte[] chunks() throws IOException {
    ByteArrayOutputStream body = new ByteArrayOutputStream();
    while (true) {
      readLine("cut body");
      int size = Integer.parseInt(text(line, lineEnd).split(";", 2)[0].trim(), 16);
      body.write(exactly(size));
      readLine("cut body");
      if (size == 0) {
        while (lineEnd > line) {
          readLine("cut body");
        }
        return body.toByteArray();
      }
    }
  }

  private static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
