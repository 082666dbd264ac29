package dev.graceful.e2e.app;

import java.nio.charset.StandardCharsets;

/** An answer before it is put into HTTP. */
record Reply(int status, byte[] body) {
  static Reply text(String text) {
    return new Reply(200, (text + "\n").getBytes(StandardCharsets.UTF_8));
  }
}
