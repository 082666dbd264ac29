package dev.graceful.agent;

import dev.graceful.worker.Graceful;
import dev.graceful.worker.GracefulServer;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;

/**
 * The application under test: the SDK's own server.
 *
 * <p>Arguments: kind, port, name.
 */
final class SdkApp {
  private SdkApp() {}

  public static void main(String[] arguments) throws Exception {
    byte[] body = arguments[2].getBytes(StandardCharsets.US_ASCII);
    GracefulServer server =
        GracefulServer.newServer(
                "127.0.0.1:" + arguments[1],
                exchange -> {
                  exchange.sendResponseHeaders(200, body.length);
                  exchange.getResponseBody().write(body);
                  exchange.close();
                })
            .start();
    Graceful.onDrain(hammerTime -> System.out.println("DRAINING"));
    System.out.println("BOUND " + server.address());
    BufferedReader lines =
        new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    String line = lines.readLine();
    while (line != null && !line.equals("exit")) {
      line = lines.readLine();
    }
    System.exit(0);
  }
}
