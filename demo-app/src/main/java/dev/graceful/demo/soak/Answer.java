package dev.graceful.demo.soak;

import java.nio.charset.StandardCharsets;

/**
 * A whole HTTP answer.
 *
 * @param version the header X-Version, or else the first line of the body
 * @param closes whether the server said that it closes the connection
 */
public record Answer(int status, String version, boolean closes, byte[] body) {
  /** The body as text. */
  public String text() {
    return new String(body, StandardCharsets.UTF_8);
  }
}
