package dev.graceful.servers;

import io.undertow.Undertow;
import io.undertow.server.HttpServerExchange;
import io.undertow.server.handlers.BlockingHandler;
import io.undertow.util.Headers;
import io.undertow.util.HttpString;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;

/** A server on Undertow. */
public final class Server {
  private Server() {}

  /** Serves until it is killed. Argument: the port. */
  public static void main(String[] args) throws Exception {
    String version = version();
    Undertow.builder()
        .addHttpListener(Integer.parseInt(args[0]), "0.0.0.0")
        .setHandler(new BlockingHandler(exchange -> answer(exchange, version)))
        .build()
        .start();
  }

  private static String version() throws IOException {
    try (InputStream in = Server.class.getResourceAsStream("/release.txt")) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  private static void answer(HttpServerExchange exchange, String version) throws Exception {
    byte[] body = exchange.getInputStream().readAllBytes();
    if (exchange.getQueryParameters().containsKey("ms")) {
      Thread.sleep(Long.parseLong(exchange.getQueryParameters().get("ms").getFirst()));
    }
    if (!exchange.getRequestMethod().toString().equals("POST")) {
      body = ("hello from " + version + "\n").getBytes(StandardCharsets.UTF_8);
    }
    exchange.getResponseHeaders().put(new HttpString("X-Version"), version);
    exchange.getResponseHeaders().put(Headers.CONTENT_LENGTH, body.length);
    exchange.getOutputStream().write(body);
  }
}
