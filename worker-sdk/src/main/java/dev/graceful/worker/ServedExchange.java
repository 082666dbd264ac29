package dev.graceful.worker;

import com.sun.net.httpserver.HttpExchange;
import java.io.FilterInputStream;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * One request and its answer, as this server watches it: it is in flight until it is answered in
 * full, its reads and writes have deadlines, and while the server shuts down its answer says {@code
 * Connection: close}, so that a client that keeps its connection is not surprised.
 */
final class ServedExchange {
  private final HttpExchange exchange;
  private final InFlight inFlight;
  private final BooleanSupplier closing;
  private final @Nullable IoDeadline reading;
  private final @Nullable IoDeadline writing;
  private final Supplier<@Nullable IoDeadline> finishing;
  private final AtomicBoolean complete = new AtomicBoolean();

  /**
   * @param closing whether answers shall say that the connection will be closed
   * @param finishing makes the deadline for reading what a handler left unread, where there is no
   *     deadline for writing
   */
  ServedExchange(
      HttpExchange exchange,
      InFlight inFlight,
      BooleanSupplier closing,
      @Nullable IoDeadline reading,
      @Nullable IoDeadline writing,
      Supplier<@Nullable IoDeadline> finishing) {
    this.exchange = exchange;
    this.inFlight = inFlight;
    this.closing = closing;
    this.reading = reading;
    this.writing = writing;
    this.finishing = finishing;
    inFlight.enter();
    exchange.setStreams(
        new RequestBody(exchange.getRequestBody()), new ResponseBody(exchange.getResponseBody()));
  }

  void sendResponseHeaders(int code, long length) throws IOException {
    if (closing.getAsBoolean()) {
      exchange.getResponseHeaders().set("Connection", "close");
    }
    IoDeadline.Io head = () -> exchange.sendResponseHeaders(code, length);
    boolean last = bodyless(code, length);
    boolean sent = false;
    try {
      if (last) {
        finish(head, false); // reads what is left of the request, too
      } else {
        write(head);
      }
      sent = true;
    } finally {
      if (last || !sent) {
        complete();
      }
    }
  }

  /** Whether the head is the whole answer: the JDK's server closes the exchange itself then. */
  private boolean bodyless(int code, long length) {
    return length == -1
        || code < 200
        || code == 204
        || code == 304
        || exchange.getRequestMethod().equals("HEAD");
  }

  void close() {
    try {
      finish(exchange::close, true);
    } catch (IOException timeIsOver) {
      // the connection is closed, as was asked
    } finally {
      complete();
    }
  }

  /** It is answered in full, or never will be. */
  void complete() {
    if (complete.compareAndSet(false, true)) {
      cancel(reading);
      cancel(writing);
      inFlight.leave();
    }
  }

  private void write(IoDeadline.Io io) throws IOException {
    if (writing == null) {
      io.run();
    } else {
      writing.during(io);
    }
  }

  private void finish(IoDeadline.Io io, boolean close) throws IOException {
    IoDeadline deadline = writing;
    IoDeadline ownDeadline = null;
    if (deadline == null && !complete.get()) {
      deadline = ownDeadline = finishing.get();
    }
    try {
      if (deadline == null) {
        io.run();
      } else if (close) {
        deadline.duringClose(io);
      } else {
        deadline.during(io);
      }
    } finally {
      cancel(ownDeadline);
    }
  }

  private static void cancel(@Nullable IoDeadline deadline) {
    if (deadline != null) {
      deadline.cancel();
    }
  }

  private final class RequestBody extends FilterInputStream {
    RequestBody(InputStream body) {
      super(body);
    }

    @Override
    public int read() throws IOException {
      byte[] one = new byte[1];
      return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] bytes, int offset, int length) throws IOException {
      if (reading == null) {
        return in.read(bytes, offset, length);
      }
      int[] count = new int[1];
      reading.during(() -> count[0] = in.read(bytes, offset, length));
      return count[0];
    }

    @Override
    public long skip(long count) throws IOException {
      return count <= 0 ? 0 : Math.max(0, read(new byte[(int) Math.min(count, 8192)]));
    }

    @Override
    public void close() throws IOException {
      finish(in::close, true);
    }
  }

  private final class ResponseBody extends FilterOutputStream {
    ResponseBody(OutputStream body) {
      super(body);
    }

    @Override
    public void write(int one) throws IOException {
      write(new byte[] {(byte) one}, 0, 1);
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
      ServedExchange.this.write(() -> out.write(bytes, offset, length));
    }

    @Override
    public void flush() throws IOException {
      ServedExchange.this.write(out::flush);
    }

    @Override
    public void close() throws IOException {
      try {
        finish(out::close, true);
      } finally {
        complete();
      }
    }
  }
}
