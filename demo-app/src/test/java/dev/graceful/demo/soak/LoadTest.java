package dev.graceful.demo.soak;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** "0 failed" says something only if a failure is seen. */
@Timeout(value = 300, unit = TimeUnit.SECONDS)
class LoadTest {
  private static final String GOOD =
      "HTTP/1.1 200 OK\r\nX-Version: v1\r\nContent-Length: 2\r\n\r\nok";

  private ServerSocket listener;

  @BeforeEach
  void listen() throws IOException {
    listener = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
  }

  @AfterEach
  void close() throws IOException {
    listener.close();
  }

  @ParameterizedTest
  @CsvSource({
    "'', read: no answer",
    "'HTTP/1.1 200 OK|Content-Le', read: cut head",
    "'HTTP/1.1 200 OK|Content-Length: 5||ok', read: cut body",
    "'HTTP/1.1 200 OK|Transfer-Encoding: chunked||2|ok|', read: cut body",
    "'HTTP/1.1 503 Sorry|Content-Length: 2||no', status 503",
    "'nonsense|', read: not an HTTP answer: nonsense"
  })
  void aBadAnswerIsAFailure(String answer, String cause) throws Exception {
    try (Load load = Load.start(plan())) {
      answerOnce(answer.replace("|", "\r\n"));
      load.awaitMore(1, 120_000);
      assertThat(load.now().failures()).containsEntry(cause, 1L);
    }
  }

  @Test
  void aResetIsAFailure() throws Exception {
    try (Load load = Load.start(plan())) {
      try (Socket socket = listener.accept()) {
        socket.setSoLinger(true, 0);
      }
      load.awaitMore(1, 120_000);
      assertThat(load.now().failures().keySet().iterator().next()).contains("reset");
    }
  }

  @Test
  void aRefusedConnectionIsAFailure() throws Exception {
    listener.close();
    try (Load load = Load.start(plan())) {
      load.awaitMore(1, 120_000);
      assertThat(load.stop().failures()).containsKey("connect: Connection refused");
    }
  }

  @Test
  void aKeptConnectionThatIsClosedWhileIdleIsSeen() throws Exception {
    try (Load load = Load.start(plan().keepingAlive())) {
      answerOnce(GOOD);
      answerOnce(GOOD);
      Tally tally = load.now();
      assertThat(tally.closedIdle() + tally.failed()).isPositive();
    }
  }

  @Test
  void aGoodAnswerCountsForItsVersion() throws Exception {
    try (Load load = Load.start(plan())) {
      answerOnce(GOOD);
      answerOnce(GOOD);
      Tally tally = load.now();
      assertThat(tally.failures()).isEmpty();
      assertThat(tally.versions()).containsOnlyKeys("v1");
    }
  }

  @Test
  void anAnswerThatDoesNotComeIsAFailure() throws Exception {
    try (Load load = Load.start(plan().patientFor(Duration.ofMillis(100)));
        Socket socket = listener.accept()) {
      assertThat(socket.getInputStream().read()).isPositive();
      load.awaitMore(1, 120_000);
      assertThat(load.now().failures()).containsOnlyKeys("read: no answer in 0 s");
    }
  }

  @Test
  void aHeldRateMakesEachRequestAtItsTime() throws Exception {
    Seen seen = new Seen();
    try (Load load = Load.start(plan().keepingAlive().holding(200).toldTo(seen));
        Socket socket = listener.accept()) {
      for (int i = 0; i < 40; i++) {
        answer(socket, GOOD);
      }
      seen.await(40);
      assertThat(load.now().failures()).isEmpty();
    }
    for (int i = 1; i < 40; i++) {
      assertThat(seen.due.get(i) - seen.due.get(i - 1)).isBetween(4_999_000L, 5_001_000L);
    }
  }

  @Test
  void whatALateAnswerKeptWaitingCountsFromWhenItWasDue() throws Exception {
    Seen seen = new Seen();
    try (Load load = Load.start(plan().keepingAlive().holding(100).toldTo(seen));
        Socket socket = listener.accept()) {
      assertThat(socket.getInputStream().read(new byte[4096])).isPositive();
      TimeUnit.MILLISECONDS.sleep(300); // the time of 30 requests
      send(socket, GOOD);
      for (int i = 1; i < 32; i++) {
        answer(socket, GOOD);
      }
      seen.await(32);
      assertThat(load.now().failures()).isEmpty();
    }
    assertThat(seen.took(0)).isGreaterThanOrEqualTo(300);
    // was due 100 ms after the first
    assertThat(seen.due.get(10) - seen.due.get(0)).isBetween(99_990_000L, 100_010_000L);
    assertThat(seen.took(10)).isGreaterThanOrEqualTo(190);
    assertThat(seen.took(20)).isGreaterThanOrEqualTo(90);
  }

  @Test
  void whatWasDueAtTheEndIsStillAsked() throws Exception {
    Seen seen = new Seen();
    try (Load load = Load.start(plan().keepingAlive().holding(100).toldTo(seen));
        Socket socket = listener.accept()) {
      assertThat(socket.getInputStream().read(new byte[4096])).isPositive();
      TimeUnit.MILLISECONDS.sleep(200);
      Thread server =
          new Thread(
              () -> {
                try {
                  TimeUnit.MILLISECONDS.sleep(50);
                  send(socket, GOOD);
                  while (true) {
                    answer(socket, GOOD);
                  }
                } catch (IOException | InterruptedException | AssertionError e) {
                  // the load has ended
                }
              });
      server.start();
      long before = System.nanoTime();
      long answered = load.stop().answered();
      long after = System.nanoTime();
      // one each 10 ms, the first at once
      assertThat(answered).isGreaterThanOrEqualTo(1 + (before - seen.due.get(0)) / 10_000_000);
      assertThat(answered).isLessThanOrEqualTo(1 + (after - seen.due.get(0)) / 10_000_000);
      server.join();
    }
  }

  private static final class Seen implements LoadObserver {
    private final List<Long> due = new CopyOnWriteArrayList<>();
    private final List<Long> done = new CopyOnWriteArrayList<>();

    @Override
    public void answered(int client, long due, long done, String version) {
      this.due.add(due);
      this.done.add(done);
    }

    @Override
    public void failed(int client, long due, long done, String cause) {
      // the connection is closed under the last request
    }

    /** Until so many are noted: which is after they are counted. */
    void await(int answers) throws InterruptedException {
      while (done.size() < answers) {
        TimeUnit.MILLISECONDS.sleep(5);
      }
    }

    long took(int i) {
      return (done.get(i) - due.get(i)) / 1_000_000;
    }
  }

  private LoadPlan plan() {
    InetSocketAddress target =
        new InetSocketAddress(InetAddress.getLoopbackAddress(), listener.getLocalPort());
    return LoadPlan.of(target, 1)
        .only("/")
        .pacedBy(Duration.ofMillis(50))
        .patientFor(Duration.ofSeconds(100));
  }

  /** Reads a request, answers it and hangs up. */
  private void answerOnce(String answer) throws IOException {
    try (Socket socket = listener.accept()) {
      answer(socket, answer);
    }
  }

  private static void answer(Socket socket, String answer) throws IOException {
    assertThat(socket.getInputStream().read(new byte[4096])).isPositive();
    send(socket, answer);
  }

  private static void send(Socket socket, String answer) throws IOException {
    OutputStream out = socket.getOutputStream();
    out.write(answer.getBytes(StandardCharsets.US_ASCII));
    out.flush();
  }
}
