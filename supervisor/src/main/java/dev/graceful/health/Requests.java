package dev.graceful.health;

import java.io.IOException;
import java.io.InputStream;
import java.net.HttpURLConnection;
import java.net.Proxy;
import java.net.URL;

/** GET requests to a private listener, each on a connection of its own. */
final class Requests {
  private static final int TIMEOUT_MILLIS = 10_000;

  private Requests() {}

  /**
   * The status of the answer; its body is read to the end.
   *
   * @throws IOException if there is no whole answer
   */
  static int get(Target target, String path) throws IOException {
    URL url = new URL("http", "127.0.0.1", target.address().getPort(), path);
    HttpURLConnection connection = (HttpURLConnection) url.openConnection(Proxy.NO_PROXY);
    connection.setConnectTimeout(TIMEOUT_MILLIS);
    connection.setReadTimeout(TIMEOUT_MILLIS);
    connection.setInstanceFollowRedirects(false);
    connection.setUseCaches(false);
    connection.setRequestProperty("Connection", "close");
    connection.setRequestProperty("User-Agent", "graceful");
    connection.setRequestProperty("Accept", "*/*");
    int status = connection.getResponseCode();
    try (InputStream body =
        status < 400 ? connection.getInputStream() : connection.getErrorStream()) {
      if (body != null) {
        body.transferTo(java.io.OutputStream.nullOutputStream());
      }
    }
    return status;
  }
}
