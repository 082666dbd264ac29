package dev.graceful.e2e;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** The lines of a child's stream, read as they come so that the child never blocks. */
final class Lines {
  private final List<String> lines = new ArrayList<>();
  private final Thread reader;
  private boolean ended;

  Lines(String name, InputStream stream) {
    reader = new Thread(() -> read(stream), name);
    reader.setDaemon(true);
    reader.start();
  }

  private void read(InputStream stream) {
    try (BufferedReader in =
        new BufferedReader(new InputStreamReader(stream, StandardCharsets.UTF_8))) {
      for (String line = in.readLine(); line != null; line = in.readLine()) {
        synchronized (this) {
          lines.add(line);
          notifyAll();
        }
      }
    } catch (IOException e) {
      // the process was ended while we read
    }
    synchronized (this) {
      ended = true;
      notifyAll();
    }
  }

  /** Waits for a line that contains {@code text}; the line. */
  synchronized String await(String text) throws InterruptedException {
    long deadline = System.nanoTime() + Await.PATIENCE.toNanos();
    while (true) {
      for (String line : lines) {
        if (line.contains(text)) {
          return line;
        }
      }
      long left = (deadline - System.nanoTime()) / 1_000_000;
      if (left <= 0 || ended) {
        throw new AssertionError(
            (ended ? "the stream ended" : "waited in vain") + " without a line: " + text);
      }
      wait(left);
    }
  }

  /** Waits until whoever writes to the stream has closed it. */
  void awaitEnd(Duration patience) throws InterruptedException {
    reader.join(patience.toMillis());
  }

  synchronized List<String> all() {
    return List.copyOf(lines);
  }

  synchronized long count(String text) {
    return lines.stream().filter(line -> line.contains(text)).count();
  }
}
