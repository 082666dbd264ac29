package dev.graceful.servers;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.Executors;

/** A server on the JDK's HttpServer. */
public final class Server {
  private Server() {}

  /** Serves until it is killed. Argument: the port. */
  public static void main(String[] args) throws Exception {
    System.setProperty("sun.net.httpserver.nodelay", "true"); // else keep-alive answers wait 40 ms
    String version = version();
    HttpServer server = HttpServer.create(new InetSocketAddress(Integer.parseInt(args[0])), 128);
    server.setExecutor(Executors.newCachedThreadPool());
    server.createContext("/", exchange -> answer(exchange, version));
    server.start();
  }

  private static String version() throws IOException {
    try (InputStream in = Server.class.getResourceAsStream("/release.txt")) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  private static void answer(HttpExchange exchange, String version) throws IOException {
    try (exchange) {
      byte[] body = exchange.getRequestBody().readAllBytes();
      String query = exchange.getRequestURI().getQuery();
      if (query != null && query.startsWith("ms=")) {
        Thread.sleep(Long.parseLong(query.substring(3)));
      }
      if (!exchange.getRequestMethod().equals("POST")) {
        body = ("hello from " + version + "\n").getBytes(StandardCharsets.UTF_8);
      }
      exchange.getResponseHeaders().set("X-Version", version);
      exchange.sendResponseHeaders(200, body.length == 0 ? -1 : body.length);
      exchange.getResponseBody().write(body);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
