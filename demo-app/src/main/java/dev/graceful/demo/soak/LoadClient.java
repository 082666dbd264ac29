package dev.graceful.demo.soak;

import java.io.IOException;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.util.Arrays;
import java.util.Random;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/** One client of a {@link Load}. */
final class LoadClient implements Runnable {
  private static final int MAX_BODY = 20_000;
  private static final byte[] NOTHING = {};

  private final LoadPlan plan;
  private final Load load;
  private final Random random;
  private final @Nullable InetAddress source;
  private @Nullable HttpConnection kept;
  private long requests;
  private long answeredOnThis;
  private String lastVersion = "";

  LoadClient(LoadPlan plan, int number, Load load) {
    this.plan = plan;
    this.load = load;
    this.random = new Random(number);
    this.source = source(plan.target().getAddress(), number);
  }

  /** An address of its own for each client, so that a long load does not run out of ports. */
  private static @Nullable InetAddress source(InetAddress target, int number) {
    if (!(target instanceof Inet4Address) || !target.isLoopbackAddress()) {
      return null;
    }
    try {
      return InetAddress.getByAddress(
          new byte[] {127, 0, (byte) (1 + number / 200), (byte) (1 + number % 200)});
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  @Override
  public void run() {
    while (!load.stopping()) {
      long begun = System.nanoTime();
      once(begun);
      long rest = begun + plan.pace().toNanos() - System.nanoTime();
      if (rest > 0) {
        LockSupport.parkNanos(rest);
      }
    }
    drop();
  }

  private void once(long begun) {
    Questions questions = plan.questions();
    String postPath = requests++ % 3 == 2 ? questions.postPath() : null;
    boolean post = postPath != null;
    byte[] body = NOTHING;
    if (post) {
      body = new byte[1 + random.nextInt(MAX_BODY)];
      random.nextBytes(body);
    }
    String phase = "connect";
    try {
      HttpConnection connection = connection();
      phase = "write";
      connection.send(
          post ? "POST" : "GET",
          postPath != null ? postPath : questions.path(),
          plan.keepAlive() ? questions.fields() : "",
          body,
          !plan.keepAlive());
      phase = "read";
      Answer answer = connection.receive();
      long took = System.nanoTime() - begun;
      if (answer.status() != 200) {
        load.failed("status " + answer.status(), took);
      } else if (post && questions.echoes() && !Arrays.equals(answer.body(), body)) {
        load.failed("wrong body", took);
      } else {
        load.answered(answer.version(), took);
      }
      if (answeredOnThis++ > 0 && !answer.version().equals(lastVersion)) {
        load.versionChanged();
      }
      lastVersion = answer.version();
      if (plan.keepAlive() && answer.closes()) {
        load.closedWithNotice(answeredOnThis);
      }
      if (!plan.keepAlive() || answer.closes()) {
        drop();
      }
    } catch (IOException | RuntimeException e) {
      String what = e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
      load.failed(phase + ": " + what, System.nanoTime() - begun);
      drop();
    }
  }

  private HttpConnection connection() throws IOException {
    HttpConnection connection = kept;
    if (connection != null && plan.pace().toNanos() > 0 && connection.closedWhileIdle()) {
      load.closedIdle();
      drop();
      connection = null;
    }
    if (connection == null) {
      connection = HttpConnection.open(plan.target(), source, plan.patience());
      kept = connection;
      answeredOnThis = 0;
      load.connected();
    }
    return connection;
  }

  private void drop() {
    HttpConnection connection = kept;
    kept = null;
    if (connection != null) {
      try {
        connection.close();
      } catch (IOException e) {
        // the answer has come, or the failure is counted: nothing depends on this any more
      }
    }
  }
}
