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
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** "0 failed" says something only if a failure is seen. */
@Timeout(value = 30, unit = TimeUnit.SECONDS)
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
      load.awaitMore(1, 10_000);
      assertThat(load.now().failures()).containsEntry(cause, 1L);
    }
  }

  @Test
  void aResetIsAFailure() throws Exception {
    try (Load load = Load.start(plan())) {
      try (Socket socket = listener.accept()) {
        socket.setSoLinger(true, 0);
      }
      load.awaitMore(1, 10_000);
      assertThat(load.now().failures().keySet().iterator().next()).contains("reset");
    }
  }

  @Test
  void aRefusedConnectionIsAFailure() throws Exception {
    listener.close();
    try (Load load = Load.start(plan())) {
      load.awaitMore(1, 10_000);
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

  private LoadPlan plan() {
    InetSocketAddress target =
        new InetSocketAddress(InetAddress.getLoopbackAddress(), listener.getLocalPort());
    return new LoadPlan(
        target, Questions.get("/"), 1, false, Duration.ofMillis(50), Duration.ofSeconds(10));
  }

  /** Reads a request, answers it and hangs up. */
  private void answerOnce(String answer) throws IOException {
    try (Socket socket = listener.accept()) {
      byte[] head = new byte[4096];
      assertThat(socket.getInputStream().read(head)).isPositive();
      OutputStream out = socket.getOutputStream();
      out.write(answer.getBytes(StandardCharsets.US_ASCII));
      out.flush();
    }
  }
}
