package dev.graceful.control;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One client of the control socket: its thread reads the request, hands it over, and then writes
 * what the responder puts into a queue. Owns the connection.
 */
final class ControlClientSession implements Runnable {
  static final int LONGEST_LINE = 64 * 1024;
  private static final int MOST_LINES_WAITING = 1000;
  private static final Logger LOG = LoggerFactory.getLogger(ControlClientSession.class);

  private final Connection connection;
  private final BiConsumer<Request, Responder> handler;
  private final ScheduledExecutorService deadlines;
  private final long patienceMillis;
  private final Consumer<ControlClientSession> onClose;
  private final Answer answer = new Answer();
  private volatile boolean idle = true;
  private volatile boolean closed;

  ControlClientSession(
      Connection connection,
      BiConsumer<Request, Responder> handler,
      ScheduledExecutorService deadlines,
      long patienceMillis,
      Consumer<ControlClientSession> onClose) {
    this.connection = connection;
    this.handler = handler;
    this.deadlines = deadlines;
    this.patienceMillis = patienceMillis;
    this.onClose = onClose;
  }

  /** Whether it has not sent its request yet. */
  boolean isIdle() {
    return idle;
  }

  @Override
  public void run() {
    try {
      Request request = withinPatience(this::readRequest);
      idle = false;
      handle(request);
      writeAnswer();
    } catch (IOException e) {
      if (!closed) {
        LOG.debug("an operator's connection ended early: {}", e.getMessage());
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      close();
    }
  }

  void close() {
    closed = true;
    answer.over.set(true);
    connection.close();
    onClose.accept(this);
  }

  private void handle(Request request) {
    try {
      handler.accept(request, answer);
    } catch (RuntimeException e) {
      LOG.error("the request '{}' failed, which should not happen", request.command(), e);
      answer.done(new Outcome(1, "the supervisor failed on this: " + e, null));
    }
  }

  private Request readRequest() throws IOException {
    try {
      String line = new Lines(connection.in(), LONGEST_LINE).next();
      if (line == null) {
        throw new IOException("it ended before a request");
      }
      return ControlJson.request(line);
    } catch (IOException e) {
      if (!closed) {
        LOG.warn("a request on the control socket was refused: {}", e.getMessage());
        write(ControlJson.text(new Outcome(2, "refused: " + e.getMessage(), null)));
      }
      throw e;
    }
  }

  private void writeAnswer() throws IOException, InterruptedException {
    boolean last = false;
    while (!last) {
      Line line = answer.lines.take();
      last = line.last();
      withinPatience(
          () -> {
            write(line.text());
            return line;
          });
    }
  }

  private void write(String line) throws IOException {
    OutputStream out = connection.out();
    out.write((line + "\n").getBytes(StandardCharsets.UTF_8));
    out.flush();
  }

  /** Runs what may block; the connection is closed, which wakes it, when that takes too long. */
  private <T> T withinPatience(Step<T> step) throws IOException {
    Future<?> deadline;
    try {
      deadline = deadlines.schedule(this::close, patienceMillis, TimeUnit.MILLISECONDS);
    } catch (RejectedExecutionException e) {
      throw new IOException("the server is closed", e);
    }
    try {
      return step.run();
    } finally {
      deadline.cancel(false);
    }
  }

  private interface Step<T> {
    T run() throws IOException;
  }

  private record Line(String text, boolean last) {}

  /** Puts lines into the queue and never waits: what a client does not take in time is dropped. */
  private static final class Answer implements Responder {
    private final BlockingQueue<Line> lines = new ArrayBlockingQueue<>(MOST_LINES_WAITING + 1);
    private final AtomicBoolean over = new AtomicBoolean();

    @Override
    public void say(String line) {
      if (!over.get() && lines.remainingCapacity() > 1) {
        lines.offer(new Line(ControlJson.say(line), false));
      }
    }

    @Override
    public void done(Outcome outcome) {
      if (over.compareAndSet(false, true)) {
        String text = ControlJson.text(outcome);
        while (!lines.offer(new Line(text, true))) {
          lines.poll(); // the last word matters more than the oldest line
        }
      }
    }
  }
}
