package dev.graceful.e2e.app;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;

/**
 * Where a server waits until the test says "go". A gate is two files, so that it works whichever
 * worker the request has reached: NAME.waiting tells the test, NAME.open is the test's word.
 */
record Gates(Path folder) {

  void pass(String name) {
    try {
      Files.createFile(folder.resolve(name + ".waiting"));
    } catch (FileAlreadyExistsException e) {
      // somebody waits at this gate already: the test sees both as one
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    Path open = folder.resolve(name + ".open");
    try {
      while (!Files.exists(open) && Files.exists(folder)) {
        TimeUnit.MILLISECONDS.sleep(5);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
