package dev.graceful.agent;

import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;

/**
 * A client in a process of its own: one connection, a GET for each line of standard input.
 *
 * <p>Arguments: host, port.
 */
final class ClientApp {
  private ClientApp() {}

  public static void main(String[] arguments) throws Exception {
    try (HttpClientSocket client =
        new HttpClientSocket(arguments[0], Integer.parseInt(arguments[1]))) {
      System.out.println("CONNECTED " + client.address());
      BufferedReader lines =
          new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        System.out.println("ANSWER " + client.get(line));
      }
    }
  }
}
