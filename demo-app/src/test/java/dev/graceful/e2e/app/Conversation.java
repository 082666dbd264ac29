package dev.graceful.e2e.app;

import java.io.BufferedInputStream;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Locale;

/** One connection of a hand-written server: HTTP/1.1 with bodies of known length, kept alive. */
final class Conversation implements Runnable {
  private final Service service;
  private final InputStream in;
  private final OutputStream out;
  private final Closeable connection;

  Conversation(Service service, InputStream in, OutputStream out, Closeable connection) {
    this.service = service;
    this.in = new BufferedInputStream(in);
    this.out = out;
    this.connection = connection;
  }

  @Override
  public void run() {
    try (connection) {
      while (exchange()) {}
    } catch (IOException e) {
      // the client has gone: nobody is left to be told
    }
  }

  /** Whether another exchange may follow. */
  private boolean exchange() throws IOException {
    String request = line();
    if (request.isEmpty()) {
      return false;
    }
    int length = 0;
    boolean last = false;
    for (String header = line(); !header.isEmpty(); header = line()) {
      String lower = header.toLowerCase(Locale.ROOT);
      if (lower.startsWith("content-length:")) {
        length = Integer.parseInt(lower.substring(15).trim());
      } else if (lower.equals("connection: close")) {
        last = true;
      }
    }
    Reply reply = service.answer(request.split(" ")[1], in.readNBytes(length));
    String head =
        "HTTP/1.1 "
            + reply.status()
            + " Fine\r\nX-Version: "
            + service.version()
            + "\r\nContent-Length: "
            + reply.body().length
            + (last ? "\r\nConnection: close" : "")
            + "\r\n\r\n";
    byte[] start = head.getBytes(StandardCharsets.US_ASCII);
    byte[] whole = new byte[start.length + reply.body().length];
    System.arraycopy(start, 0, whole, 0, start.length);
    System.arraycopy(reply.body(), 0, whole, start.length, reply.body().length);
    out.write(whole);
    out.flush();
    return !last;
  }

  private String line() throws IOException {
    StringBuilder line = new StringBuilder();
    for (int c = in.read(); c != '\n' && c >= 0; c = in.read()) {
      if (c != '\r') {
        line.append((char) c);
      }
    }
    return line.toString();
  }
}
