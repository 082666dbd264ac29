package dev.graceful.demo.soak;

import java.io.IOException;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.util.Arrays;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/** One client of a {@link Load}. */
final class LoadClient implements Runnable {
  private static final int MAX_BODY = 20_000;
  private static final byte[] NOTHING = {};
  private static final long LOOK_BEFORE = TimeUnit.MILLISECONDS.toNanos(2); // a look takes 1 ms

  private final LoadPlan plan;
  private final int number;
  private final Load load;
  private final Random random;
  private final @Nullable InetAddress source;
  private final byte[] get;
  private volatile @Nullable HttpConnection kept;
  private volatile long waitsSince; // for an answer; 0: for none
  private volatile boolean impatient;
  private long requests;
  private long answeredOnThis;
  private String lastVersion = "";

  LoadClient(LoadPlan plan, int number, Load load) {
    this.plan = plan;
    this.number = number;
    this.load = load;
    this.random = new Random(number);
    this.source = source(plan.target().getAddress(), number);
    this.get = request("GET", plan.questions().path(), NOTHING);
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

  private byte[] request(String method, String path, byte[] body) {
    String fields = plan.keepAlive() ? plan.questions().fields() : "";
    return HttpConnection.request(method, path, fields, body, !plan.keepAlive());
  }

  @Override
  public void run() {
    if (plan.rate() > 0) {
      holdTheRate();
    } else {
      goOn();
    }
    drop();
  }

  private void goOn() {
    while (!load.stopping()) {
      if (plan.pace().toNanos() > 0) {
        look();
      }
      long begun = System.nanoTime();
      once(begun);
      long rest = begun + plan.pace().toNanos() - System.nanoTime();
      if (rest > 0) {
        LockSupport.parkNanos(rest);
      }
    }
  }

  /** Each request has its time, wherever the one before it is: the clients take turns. */
  private void holdTheRate() {
    double interval = 1e9 * plan.clients() / plan.rate();
    double first = interval * number / plan.clients();
    for (long i = 0; ; i++) {
      long due = load.start() + (long) (first + i * interval);
      if (await(due - LOOK_BEFORE)) {
        look();
      }
      await(due);
      if (!load.wants(due)) {
        return;
      }
      once(due);
    }
  }

  /** Whether there was time to wait. */
  private boolean await(long time) {
    long rest = time - System.nanoTime();
    if (rest <= 0) {
      return false;
    }
    while (rest > 0 && !load.stopping()) {
      LockSupport.parkNanos(rest);
      rest = time - System.nanoTime();
    }
    return true;
  }

  private void once(long due) {
    Questions questions = plan.questions();
    String postPath = requests++ % 3 == 2 ? questions.postPath() : null;
    byte[] body = NOTHING;
    byte[] request = get;
    if (postPath != null) {
      body = new byte[1 + random.nextInt(MAX_BODY)];
      random.nextBytes(body);
      request = request("POST", postPath, body);
    }
    String phase = "connect";
    try {
      HttpConnection connection = connection();
      phase = "write";
      waitsSince = System.nanoTime();
      connection.send(request);
      phase = "read";
      Answer answer = connection.receive();
      waitsSince = 0;
      long done = System.nanoTime();
      if (answer.status() != 200) {
        failed("status " + answer.status(), due, done);
      } else if (postPath != null && questions.echoes() && !Arrays.equals(answer.body(), body)) {
        failed("wrong body", due, done);
      } else {
        load.answered(answer.version(), done - due);
        plan.observer().answered(number, due, done, answer.version());
      }
      follow(answer);
    } catch (IOException | RuntimeException e) {
      waitsSince = 0;
      String what = e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
      if (impatient) {
        what = "no answer in " + plan.patience().toSeconds() + " s";
        impatient = false;
      }
      failed(phase + ": " + what, due, System.nanoTime());
      drop();
    }
  }

  private void failed(String cause, long due, long done) {
    load.failed(cause, done - due);
    plan.observer().failed(number, due, done, cause);
  }

  private void follow(Answer answer) {
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
  }

  /** Takes note if the server has closed the connection that was kept. */
  private void look() {
    HttpConnection connection = kept;
    if (connection == null) {
      return;
    }
    boolean closed;
    try {
      closed = connection.closedWhileIdle();
    } catch (IOException e) {
      closed = true; // it was reset
    }
    if (closed) {
      load.closedIdle();
      drop();
    }
  }

  private HttpConnection connection() throws IOException {
    HttpConnection connection = kept;
    if (connection == null) {
      connection = HttpConnection.openUnbounded(plan.target(), source, plan.patience());
      kept = connection;
      answeredOnThis = 0;
      load.connected();
    }
    return connection;
  }

  /** Called now and then by another thread: gives up on an answer that does not come. */
  void checkPatience(long now) {
    long since = waitsSince;
    if (since != 0 && now - since > plan.patience().toNanos()) {
      impatient = true;
      close();
    }
  }

  private void drop() {
    close();
    kept = null;
  }

  private void close() {
    HttpConnection connection = kept;
    if (connection != null) {
      try {
        connection.close();
      } catch (IOException e) {
        // the answer has come, or the failure is counted: nothing depends on this any more
      }
    }
  }
}
