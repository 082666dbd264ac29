package dev.graceful.e2e;

import dev.graceful.demo.soak.ProcFigures;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * What a test works with: a folder of its own and the instances that it starts. Registered in a
 * static field it lives as long as the class, else as long as one test. When a test fails it prints
 * what the instances have said; at its end nothing runs and nothing lies about.
 */
final class Workshop implements BeforeAllCallback, AfterEachCallback, AfterAllCallback {
  private final List<GracefulProcess> instances = new ArrayList<>();
  private boolean shared;
  private @Nullable Path folder;

  /** The folder; short, because the path of a Unix domain socket may have 107 bytes only. */
  synchronized Path folder() throws IOException {
    Path made = folder;
    if (made == null) {
      made = Files.createTempDirectory(Path.of("/tmp"), "gr");
      folder = made;
    }
    return made;
  }

  /** A new sub-folder. */
  Path folder(String name) throws IOException {
    return Files.createDirectories(folder().resolve(name));
  }

  /** An instance that is to be started. */
  synchronized Launch launch() throws IOException {
    return new Launch(this, folder("i" + (instances.size() + 1)));
  }

  synchronized void started(GracefulProcess instance) {
    instances.add(instance);
  }

  @Override
  public void beforeAll(ExtensionContext context) {
    shared = true;
  }

  @Override
  public void afterEach(ExtensionContext context) throws Exception {
    if (context.getExecutionException().isPresent()) {
      System.out.println("=== " + context.getDisplayName() + ": what the processes said");
      instances.forEach(GracefulProcess::show);
    }
    if (!shared) {
      clear();
    }
  }

  @Override
  public void afterAll(ExtensionContext context) throws Exception {
    clear();
  }

  private synchronized void clear() throws Exception {
    for (GracefulProcess instance : instances) {
      instance.end();
    }
    instances.clear();
    Path made = folder;
    folder = null;
    if (made == null) {
      return;
    }
    for (long pid : ProcFigures.naming(made + "/")) {
      // a process whose command line names our own folder was started by an instance of ours
      Program.signal("KILL", pid);
    }
    delete(made);
  }

  /** Whoever was killed may write or remove a file until it is gone. */
  private static void delete(Path folder) throws Exception {
    Await.until(
        folder + " is deleted",
        () -> {
          try (Stream<Path> tree = Files.walk(folder)) {
            for (Path path : tree.sorted(Comparator.reverseOrder()).toList()) {
              Files.deleteIfExists(path);
            }
            return true;
          } catch (DirectoryNotEmptyException | UncheckedIOException e) {
            return false;
          }
        });
  }
}
