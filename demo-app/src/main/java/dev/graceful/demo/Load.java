package dev.graceful.demo;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;

/**
 * Clients that ask {@code GET /} again and again, on a new connection each time, and forgive
 * nothing: a connection that is refused, and a request that is not answered in full, is a failure,
 * and none is tried again. Loopback only, some hundred requests a second, for a minute or two.
 *
 * <p>Goes on until its standard input ends. Exits 1 where a request failed.
 */
public final class Load {
  private static final int CLIENTS = 8;
  private static final long PAUSE_MILLIS = 10; // between two requests of a client
  private static final long LONGEST_SECONDS = 120;
  private static final byte[] REQUEST =
      "GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"
          .getBytes(StandardCharsets.US_ASCII);

  private final InetSocketAddress server;
  private final Map<String, Integer> answers = new TreeMap<>();
  private final Map<String, Integer> failures = new TreeMap<>();
  private volatile boolean over;

  private Load(InetSocketAddress server) {
    this.server = server;
  }

  /** Takes the port of a server on the loopback interface. */
  public static void main(String[] args) throws Exception {
    Load load =
        new Load(
            new InetSocketAddress(InetAddress.getLoopbackAddress(), Integer.parseInt(args[0])));
    List<Thread> clients = new ArrayList<>();
    for (int i = 0; i < CLIENTS; i++) {
      Thread client = new Thread(load::ask, "client-" + i);
      client.start();
      clients.add(client);
    }
    Thread end = new Thread(load::awaitEnd, "end");
    end.setDaemon(true);
    end.start();
    end.join(TimeUnit.SECONDS.toMillis(LONGEST_SECONDS));
    load.over = true;
    for (Thread client : clients) {
      client.join();
    }
    System.exit(load.report() ? 0 : 1);
  }

  private void awaitEnd() {
    try {
      while (System.in.read() >= 0) {
        // only its end matters
      }
    } catch (IOException e) {
      // as good as an end
    }
  }

  private void ask() {
    while (!over) {
      try {
        count(answers, answer());
      } catch (IOException e) {
        count(failures, e.getClass().getSimpleName() + ": " + e.getMessage());
      }
      try {
        Thread.sleep(PAUSE_MILLIS);
      } catch (InterruptedException e) {
        return;
      }
    }
  }

  private String answer() throws IOException {
    try (Socket socket = new Socket()) {
      socket.setSoTimeout(20_000);
      socket.connect(server, 20_000);
      socket.getOutputStream().write(REQUEST);
      InputStream in = socket.getInputStream();
      String text = new String(in.readAllBytes(), StandardCharsets.ISO_8859_1);
      int head = text.indexOf("\r\n\r\n");
      if (head < 0) {
        throw new IOException("closed after " + text.length() + " bytes of an answer");
      }
      String body = text.substring(head + 4);
      if (!text.startsWith("HTTP/1.1 200 ") || body.length() != length(text.substring(0, head))) {
        throw new IOException("not an answer in full: " + text.lines().findFirst().orElse(""));
      }
      return body;
    }
  }

  private static int length(String head) throws IOException {
    for (String line : head.lines().toList()) {
      if (line.regionMatches(true, 0, "Content-Length:", 0, 15)) {
        return Integer.parseInt(line.substring(15).strip());
      }
    }
    throw new IOException("an answer without Content-Length");
  }

  private synchronized void count(Map<String, Integer> counts, String what) {
    counts.merge(what, 1, Integer::sum);
  }

  private synchronized boolean report() {
    answers.forEach((text, count) -> System.out.println("  " + count + " x \"" + text + "\""));
    failures.forEach((why, count) -> System.out.println("  " + count + " failed: " + why));
    int answered = sum(answers);
    int failed = sum(failures);
    System.out.println("requests: " + (answered + failed) + ", failed: " + failed);
    return failed == 0 && answered > 0;
  }

  private static int sum(Map<String, Integer> counts) {
    return counts.values().stream().mapToInt(Integer::intValue).sum();
  }
}
