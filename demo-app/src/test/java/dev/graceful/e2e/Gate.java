package dev.graceful.e2e;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Where a test server waits until the test says "go". */
record Gate(Path folder, String name) {
  /** The request that waits here. */
  String path() {
    return "/gate?name=" + name;
  }

  void awaitSomebody() throws Exception {
    Await.until("somebody waits at gate " + name, this::somebodyWaits);
  }

  boolean somebodyWaits() {
    return Files.exists(folder.resolve(name + ".waiting"));
  }

  void open() throws IOException {
    Files.createFile(folder.resolve(name + ".open"));
  }
}
