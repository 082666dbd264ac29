package dev.graceful.e2e;

import dev.graceful.demo.soak.AppJar;
import dev.graceful.e2e.app.TestServer;
import dev.graceful.worker.Graceful;
import java.nio.charset.StandardCharsets;

/** Jars of the test server. */
final class Jars {
  private Jars() {}

  /** The test server with that version, and what its manifest tells it (see its settings). */
  static AppJar server(String version, String... options) {
    return new AppJar()
        .attribute("Main-Class", TestServer.class.getName())
        .attribute("Implementation-Version", version)
        .attribute("Options", String.join(" ", options))
        .packageOf(TestServer.class)
        .packageOf(Graceful.class);
  }

  /** A library that is nothing but a greeting. */
  static AppJar greeting(String greeting) {
    return new AppJar().entry("greeting.txt", greeting.getBytes(StandardCharsets.UTF_8));
  }
}
