package dev.graceful.servers;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Locale;

/** A server on a plain ServerSocket, a thread for each connection, as one writes it by hand. */
public final class Server {
  private Server() {}

  /** Serves until it is killed. Argument: the port. */
  public static void main(String[] args) throws Exception {
    String version = version();
    try (ServerSocket listener = new ServerSocket(Integer.parseInt(args[0]), 128)) {
      while (true) {
        Socket socket = listener.accept();
        Thread thread = new Thread(() -> converse(socket, version));
        thread.setDaemon(true);
        thread.start();
      }
    }
  }

  private static String version() throws IOException {
    try (InputStream in = Server.class.getResourceAsStream("/release.txt")) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  private static void converse(Socket socket, String version) {
    try (socket) {
      socket.setTcpNoDelay(true);
      InputStream in = new BufferedInputStream(socket.getInputStream());
      for (String request = line(in); !request.isEmpty(); request = line(in)) {
        int length = 0;
        boolean last = false;
        for (String field = line(in); !field.isEmpty(); field = line(in)) {
          String lower = field.toLowerCase(Locale.ROOT);
          if (lower.startsWith("content-length:")) {
            length = Integer.parseInt(lower.substring(15).trim());
          }
          last |= lower.equals("connection: close");
        }
        byte[] body = in.readNBytes(length);
        int pause = request.indexOf("?ms=");
        if (pause >= 0) {
          Thread.sleep(Long.parseLong(request.substring(pause + 4, request.lastIndexOf(' '))));
        }
        if (!request.startsWith("POST")) {
          body = ("hello from " + version + "\n").getBytes(StandardCharsets.UTF_8);
        }
        byte[] head =
            ("HTTP/1.1 200 OK\r\nX-Version: " + version + "\r\nContent-Length: " + body.length
                    + (last ? "\r\nConnection: close" : "") + "\r\n\r\n")
                .getBytes(StandardCharsets.US_ASCII);
        byte[] answer = new byte[head.length + body.length];
        System.arraycopy(head, 0, answer, 0, head.length);
        System.arraycopy(body, 0, answer, head.length, body.length);
        socket.getOutputStream().write(answer);
        if (last) {
          return;
        }
      }
    } catch (IOException | InterruptedException e) {
      // the client has gone, and what it asked for is of no use to anybody
    }
  }

  /** A line without its end; empty at the end of the stream too. */
  private static String line(InputStream in) throws IOException {
    StringBuilder line = new StringBuilder();
    for (int c = in.read(); c >= 0 && c != '\n'; c = in.read()) {
      if (c != '\r') {
        line.append((char) c);
      }
    }
    return line.toString();
  }
}
