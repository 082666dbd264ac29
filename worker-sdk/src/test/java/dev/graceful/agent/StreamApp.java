package dev.graceful.agent;

import java.io.BufferedInputStream;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.Base64;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;

/**
 * The application under test: a server of answers that take long. Standard input says when they go
 * on: "chunks" for the second half of /chunks, "event TEXT" and "end" for /events.
 *
 * <p>Arguments: kind, port, name.
 */
final class StreamApp {
  static final int CHUNK = 64 * 1024;
  static final int CHUNKS = 160;
  private static final String MAGIC = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"; // RFC 6455, 1.3
  private static final BlockingQueue<String> EVENTS = new LinkedBlockingQueue<>();
  private static final BlockingQueue<String> HALVES = new LinkedBlockingQueue<>();
  private static String name = "";

  private final InputStream in;
  private final OutputStream out;

  private StreamApp(Socket client) throws IOException {
    in = new BufferedInputStream(client.getInputStream());
    out = client.getOutputStream();
  }

  public static void main(String[] arguments) throws Exception {
    name = arguments[2];
    ServerSocket server = new ServerSocket();
    server.bind(new InetSocketAddress("127.0.0.1", Integer.parseInt(arguments[1])));
    Thread accept =
        new Thread(
            () -> {
              while (true) {
                try {
                  Socket client = server.accept();
                  new Thread(() -> serve(client)).start();
                } catch (IOException e) {
                  e.printStackTrace();
                }
              }
            });
    accept.start();
    System.out.println("BOUND");
    BufferedReader lines =
        new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    for (String line = lines.readLine(); line != null; line = lines.readLine()) {
      (line.equals("chunks") ? HALVES : EVENTS).add(line);
    }
    System.exit(0);
  }

  private static void serve(Socket client) {
    try (client) {
      StreamApp app = new StreamApp(client);
      while (app.exchange()) {}
    } catch (Exception e) {
      // the client has gone
    }
  }

  private String line() throws IOException {
    StringBuilder line = new StringBuilder();
    for (int c = in.read(); c != '\n' && c >= 0; c = in.read()) {
      line.append((char) c);
    }
    return line.toString().trim();
  }

  private void write(String text) throws IOException {
    out.write(text.getBytes(StandardCharsets.ISO_8859_1));
  }

  private boolean exchange() throws Exception {
    String request = line();
    if (request.isEmpty()) {
      return false;
    }
    String key = "";
    int length = 0;
    for (String field = line(); !field.isEmpty(); field = line()) {
      if (field.startsWith("Sec-WebSocket-Key: ")) {
        key = field.substring(19);
      } else if (field.startsWith("Content-Length: ")) {
        length = Integer.parseInt(field.substring(16));
      }
    }
    System.out.println("ASKED " + request);
    String path = request.split(" ")[1];
    if (!key.isEmpty()) {
      return webSocket(key);
    } else if (path.equals("/chunks")) {
      head("Transfer-Encoding: chunked");
      for (int i = 0; i < CHUNKS; i++) {
        if (i == CHUNKS / 2) {
          HALVES.take();
        }
        chunk(new String(new char[CHUNK]).replace('\0', (char) ('a' + i % 26)));
      }
      write("0\r\n\r\n");
    } else if (path.equals("/events")) {
      head("Content-Type: text/event-stream\r\nTransfer-Encoding: chunked");
      for (String event = EVENTS.take(); !event.equals("end"); event = EVENTS.take()) {
        chunk("data: " + name + " " + event + "\n\n");
      }
      write("0\r\n\r\n");
    } else {
      String body = name + " " + in.readNBytes(length).length;
      head("Content-Length: " + body.length());
      write(body);
    }
    return true;
  }

  private void head(String fields) throws IOException {
    write("HTTP/1.1 200 OK\r\n" + fields + "\r\n\r\n");
  }

  private void chunk(String data) throws IOException {
    write(Integer.toHexString(data.length()) + "\r\n" + data + "\r\n");
  }

  /** Small frames only; each comes back with our name before it. */
  private boolean webSocket(String key) throws Exception {
    byte[] digest =
        MessageDigest.getInstance("SHA-1")
            .digest((key + MAGIC).getBytes(StandardCharsets.US_ASCII));
    write("HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n");
    write("Sec-WebSocket-Accept: " + Base64.getEncoder().encodeToString(digest) + "\r\n\r\n");
    while (true) {
      int kind = in.read();
      int length = in.read() & 0x7f;
      byte[] mask = in.readNBytes(4);
      byte[] data = in.readNBytes(length);
      for (int i = 0; i < data.length; i++) {
        data[i] ^= mask[i % 4];
      }
      boolean close = (kind & 0xf) == 8;
      byte[] own = close ? new byte[0] : (name + " ").getBytes(StandardCharsets.US_ASCII);
      byte[] frame = Arrays.copyOf(new byte[] {(byte) kind, (byte) (own.length + length)}, 2);
      out.write(frame);
      out.write(own);
      out.write(data);
      if (close) {
        return false;
      }
    }
  }
}
