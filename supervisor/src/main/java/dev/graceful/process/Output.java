package dev.graceful.process;

import dev.graceful.wire.ErrnoException;
import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * What a starting worker prints. It prints into two files, so that it depends on nobody; a thread
 * copies them to the standard streams of this process and keeps the last lines. When the worker
 * serves it gets the standard streams themselves, and this ends.
 *
 * <p>The thread goes on after that for as long as any process has one of the files open, such as a
 * child that the worker started before: nothing that is printed is lost.
 */
public final class Output {
  private static final int STARTING_MILLIS = 20;
  private static final int LATER_MILLIS = 250;

  /** How long the end of a process waits for its last lines, if something goes on printing. */
  private static final long LAST_LINES_SECONDS = 2;

  private enum Phase {
    STARTING,
    HANDED_OVER,
    ENDED
  }

  private final LastLines lines = new LastLines();
  private final CountDownLatch settled = new CountDownLatch(1);
  private final Tail out;
  private final Tail err;
  private final Thread thread;
  private volatile Phase phase = Phase.STARTING;

  private Output(Path directory, int generation, int stdout, int stderr) throws IOException {
    out = new Tail(file(directory, generation, "out"), stdout, lines.stream());
    try {
      err = new Tail(file(directory, generation, "err"), stderr, lines.stream());
    } catch (IOException e) {
      out.remove();
      out.close();
      throw e;
    }
    thread = new Thread(this::run, "output-g" + generation);
    thread.setDaemon(true);
  }

  private Output(Path directory, int generation) throws IOException {
    out = Tail.existing(file(directory, generation, "out"), 1, lines.stream());
    try {
      err = Tail.existing(file(directory, generation, "err"), 2, lines.stream());
    } catch (IOException e) {
      out.close();
      throw e;
    }
    phase = out.isThere() || err.isThere() ? Phase.STARTING : Phase.HANDED_OVER;
    thread = new Thread(this::run, "output-g" + generation);
    thread.setDaemon(true);
  }

  /** Goes on with what a worker of an earlier supervisor prints. */
  static Output adopt(Path directory, int generation) throws IOException {
    return new Output(directory, generation);
  }

  /** Removes the files of generations that are not {@code alive}. */
  public static void clear(Path directory, Set<Integer> alive) {
    try (DirectoryStream<Path> files = Files.newDirectoryStream(directory, "g*.{out,err}")) {
      for (Path file : files) {
        boolean used = false;
        for (int generation : alive) {
          used |= file.equals(file(directory, generation, "out"));
          used |= file.equals(file(directory, generation, "err"));
        }
        if (!used) {
          Files.deleteIfExists(file);
        }
      }
    } catch (IOException | DirectoryIteratorException e) {
      // they do no harm
    }
  }

  private static Path file(Path directory, int generation, String stream) {
    return directory.resolve("g" + generation + "." + stream);
  }

  /** Creates the files; nothing is copied before {@link #start}. */
  static Output open(Path directory, int generation) throws IOException {
    return open(directory, generation, 1, 2);
  }

  static Output open(Path directory, int generation, int stdout, int stderr) throws IOException {
    return new Output(directory, generation, stdout, stderr);
  }

  int stdoutDescriptor() {
    return out.writer();
  }

  int stderrDescriptor() {
    return err.writer();
  }

  /** The worker has its descriptors: from now on they are its own. */
  void start() {
    out.closeWriter();
    err.closeWriter();
    thread.start();
  }

  /** There is no worker, or none any more. */
  void discard() {
    if (thread.isAlive()) {
      ended(); // the thread closes what it reads
      return;
    }
    remove();
    close();
  }

  /**
   * The last 20 lines, or fewer, in the order in which they were seen; each is cut at 500 bytes.
   */
  public List<String> lastLines() {
    return lines.snapshot();
  }

  /**
   * The worker prints to the standard streams itself from now on. The files' names are gone when
   * this returns; what is left in them is copied in the background.
   */
  public void handedOver() {
    if (phase == Phase.STARTING) {
      phase = Phase.HANDED_OVER;
    }
    remove();
    LockSupport.unpark(thread);
  }

  /** The worker has ended: waits, for a moment at most, until what it printed last was seen. */
  void ended() {
    phase = Phase.ENDED;
    remove();
    LockSupport.unpark(thread);
    try {
      if (!settled.await(LAST_LINES_SECONDS, TimeUnit.SECONDS)) {
        return; // something that the worker left behind goes on printing
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void remove() {
    out.remove();
    err.remove();
  }

  private void close() {
    out.close();
    err.close();
  }

  private void run() {
    try {
      boolean over = false;
      while (!over) {
        // asked before the step: what was printed until the answer is seen by the step
        Phase now = phase;
        boolean printing = now == Phase.STARTING || out.hasWriters() || err.hasWriters();
        if (step()) {
          continue;
        }
        if (now == Phase.ENDED) {
          settled.countDown();
        }
        over = !printing && out.isCopied() && err.isCopied();
        if (!over) {
          pause(now == Phase.STARTING ? STARTING_MILLIS : LATER_MILLIS);
        }
      }
    } catch (ErrnoException e) {
      // the files cannot be read: the worker runs on, and its first lines are not known
    } finally {
      settled.countDown();
      close();
    }
  }

  private void pause(int millis) {
    if (!out.isCopied()) {
      out.awaitTarget(millis);
    } else if (!err.isCopied()) {
      err.awaitTarget(millis);
    } else {
      LockSupport.parkNanos(this, TimeUnit.MILLISECONDS.toNanos(millis));
    }
  }

  /** Whether either file had anything new; both are looked at each time. */
  private boolean step() throws ErrnoException {
    boolean moved = out.step();
    return err.step() || moved;
  }
}
