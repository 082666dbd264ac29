package dev.graceful.demo.bench.app;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;

/** Answers on many ports in a row. Arguments: the first one, and how many. */
public final class ManyPorts {
  private ManyPorts() {}

  /** Serves until it is killed. */
  public static void main(String[] args) throws IOException {
    System.setProperty("sun.net.httpserver.nodelay", "true");
    String version = ManyPorts.class.getPackage().getImplementationVersion();
    byte[] body = ("hello from " + version + "\n").getBytes(StandardCharsets.UTF_8);
    int first = Integer.parseInt(args[0]);
    for (int port = first; port < first + Integer.parseInt(args[1]); port++) {
      HttpServer server =
          HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 0);
      server.createContext(
          "/",
          exchange -> {
            try (exchange) {
              exchange.getResponseHeaders().set("X-Version", version);
              exchange.sendResponseHeaders(200, body.length);
              exchange.getResponseBody().write(body);
            }
          });
      server.start();
    }
  }
}
