package dev.graceful.demo;

import com.sun.net.httpserver.HttpExchange;
import dev.graceful.worker.GracefulServer;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.io.OutputStream;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A web application that greets: at once on {@code GET /}, and on {@code GET /slow?ms=5000} after
 * the time that is asked for. Both of its jars are made from this source; only the greeting, a
 * resource, differs.
 */
public final class Demo {
  private static final Pattern MILLIS = Pattern.compile("ms=(\\d{1,5})");
  private static final long DEFAULT_MILLIS = 5000;

  private final byte[] greeting;

  private Demo(byte[] greeting) {
    this.greeting = greeting;
  }

  /** Takes a port (default 8080), or an address such as 127.0.0.1:8080. */
  public static void main(String[] args) throws IOException {
    String address = args.length == 0 ? ":8080" : args[0];
    if (address.indexOf(':') < 0) {
      address = ":" + address;
    }
    Demo demo = new Demo(greeting());
    try {
      GracefulServer.newServer(address, demo::hello)
          .handle("/slow", demo::slow)
          .beforeBegin(listener -> System.out.println("demo: listening on " + listener))
          .listenAndServe();
    } catch (IOException | IllegalArgumentException e) {
      System.err.println("demo: " + e.getMessage());
      System.exit(1);
    }
  }

  private void hello(HttpExchange exchange) throws IOException {
    exchange.sendResponseHeaders(200, greeting.length);
    try (OutputStream body = exchange.getResponseBody()) {
      body.write(greeting);
    }
  }

  private void slow(HttpExchange exchange) throws IOException {
    String query = exchange.getRequestURI().getQuery();
    Matcher millis = MILLIS.matcher(query == null ? "" : query);
    try {
      Thread.sleep(millis.find() ? Long.parseLong(millis.group(1)) : DEFAULT_MILLIS);
    } catch (InterruptedException e) {
      throw new InterruptedIOException();
    }
    hello(exchange);
  }

  private static byte[] greeting() throws IOException {
    try (InputStream in = Demo.class.getResourceAsStream("greeting.txt")) {
      if (in == null) {
        throw new FileNotFoundException(
            "greeting.txt is missing; start demo-app-v1.jar or -v2.jar");
      }
      return in.readAllBytes();
    }
  }
}
