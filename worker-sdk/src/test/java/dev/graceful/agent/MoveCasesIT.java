package dev.graceful.agent;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** What else a connection can be when it is to move: each is served to its end. */
@Timeout(600)
class MoveCasesIT {
  @TempDir Path dir;

  static List<Path> jdks() throws IOException {
    return Program.jdks();
  }

  static List<Arguments> peers() throws IOException {
    List<Arguments> all = new ArrayList<>();
    for (Path jdk : Program.jdks()) {
      all.add(Arguments.of(jdk, "selector"));
      all.add(Arguments.of(jdk, "socket"));
    }
    return all;
  }

  @ParameterizedTest
  @MethodSource("jdks")
  void answersFromAFile(Path jdk) throws Exception {
    try (Generations all = new Generations(dir)) {
      all.start(jdk, "sendfile");
      try (HttpClientSocket client = new HttpClientSocket(all.port)) {
        assertThat(client.get("/a")).isEqualTo("g1 GET /a HTTP/1.1 0");
        all.start(jdk, "sendfile");
        all.handOver(1, 2);
        assertThat(client.moved("g2")).isTrue();
        assertThat(client.get("/b")).isEqualTo("g2 GET /b HTTP/1.1 0");
      } catch (Throwable e) {
        throw new AssertionError(all.said(), e);
      }
      assertThat(all.errors()).isEmpty();
    }
  }

  @ParameterizedTest
  @MethodSource("jdks")
  void halfClosedAndUrgent(Path jdk) throws Exception {
    try (Generations all = new Generations(dir)) {
      WorkerProcess old = all.start(jdk, "socket");
      try (HttpClientSocket half = new HttpClientSocket(all.port);
          HttpClientSocket urgent = new HttpClientSocket(all.port)) {
        assertThat(urgent.get("/a")).startsWith("g1");
        urgent.sendUrgent();
        half.send("GET /wait HTTP/1.1\r\nHost: x\r\n\r\n");
        half.shutdownOutput();
        old.await("ASKED GET /wait");
        all.start(jdk, "socket");
        all.handOver(1, 2);
        assertThat(urgent.moved("g2")).isTrue();
        urgent.sendUrgent();
        assertThat(urgent.get("/b")).isEqualTo("g2 GET /b HTTP/1.1 0");
        // who says no more is answered, and closed, by the server that read that
        old.tell("go");
        assertThat(half.answer()).isEqualTo("g1 GET /wait HTTP/1.1 0");
        assertThat(half.closed()).isTrue();
      } catch (Throwable e) {
        throw new AssertionError(all.said(), e);
      }
      assertThat(all.errors()).isEmpty();
    }
  }

  /** The wildcard of both families; the new server sees the client's own address, too. */
  @ParameterizedTest
  @MethodSource("peers")
  void theClientsAddressStaysTrue(Path jdk, String kind) throws Exception {
    try (Generations all = new Generations(dir, "::", "")) {
      all.start(jdk, kind);
      try (HttpClientSocket six = new HttpClientSocket("::1", all.port);
          HttpClientSocket four = new HttpClientSocket("127.0.0.1", all.port)) {
        assertThat(six.get("/peer")).isEqualTo("g1 GET /peer HTTP/1.1 0 " + six.address());
        all.start(jdk, kind);
        all.handOver(1, 2);
        assertThat(six.moved("g2") && four.moved("g2")).isTrue();
        assertThat(six.get("/peer")).isEqualTo("g2 GET /peer HTTP/1.1 0 " + six.address());
        assertThat(four.get("/peer")).isEqualTo("g2 GET /peer HTTP/1.1 0 " + four.address());
      } catch (Throwable e) {
        throw new AssertionError(all.said(), e);
      }
      assertThat(all.errors()).isEmpty();
    }
  }

  /** A new version that has closed the listener, while the old one still has its connections. */
  @ParameterizedTest
  @MethodSource("jdks")
  void nobodyThereWhoListens(Path jdk) throws Exception {
    try (Generations all = new Generations(dir)) {
      all.start(jdk, "channel");
      try (HttpClientSocket kept = new HttpClientSocket(all.port);
          HttpClientSocket other = new HttpClientSocket(all.port)) {
        assertThat(kept.get("/a") + other.get("/a")).contains("g1").doesNotContain("g2");
        WorkerProcess second = all.start(jdk, "channel");
        all.serve(1, 2);
        second.tell("close");
        second.await("CLOSED");
        all.pass(1, 2);
        for (int i = 0; i < 50; i++) {
          assertThat(kept.get("/b")).isEqualTo("g1 GET /b HTTP/1.1 0");
          assertThat(other.get("/b")).isEqualTo("g1 GET /b HTTP/1.1 0");
        }
        all.start(jdk, "channel");
        all.handOver(1, 3);
        assertThat(kept.moved("g3") && other.moved("g3")).isTrue();
      } catch (Throwable e) {
        throw new AssertionError(all.said(), e);
      }
      assertThat(all.errors()).isEmpty();
    }
  }

  /** Moved, the client would take such an answer for that to a request which the next one gets. */
  @ParameterizedTest
  @MethodSource("jdks")
  void anAnswerThatNobodyAskedForPinsItsConnection(Path jdk) throws Exception {
    try (Generations all = new Generations(dir)) {
      WorkerProcess old = all.start(jdk, "timed-socket");
      try (HttpClientSocket kept = new HttpClientSocket(all.port)) {
        assertThat(kept.get("/a")).startsWith("g1");
        old.tell("unasked");
        assertThat(kept.answer()).isEqualTo("unasked");
        all.start(jdk, "timed-socket");
        try (HttpClientSocket other = new HttpClientSocket(all.port)) {
          assertThat(other.get("/a")).startsWith("g1");
          all.handOver(1, 2);
          assertThat(other.moved("g2")).isTrue();
        }
        for (int i = 0; i < 20; i++) {
          assertThat(kept.get("/b")).isEqualTo("g1 GET /b HTTP/1.1 0");
        }
      } catch (Throwable e) {
        throw new AssertionError(all.said(), e);
      }
      assertThat(all.errors()).isEmpty();
    }
  }

  @ParameterizedTest
  @MethodSource("jdks")
  void nothingMovesWhereConnectionsDrain(Path jdk) throws Exception {
    try (Generations all = new Generations(dir, "127.0.0.1", ";connections=drain")) {
      all.start(jdk, "selector");
      try (HttpClientSocket kept = new HttpClientSocket(all.port)) {
        assertThat(kept.get("/a")).startsWith("g1");
        all.start(jdk, "selector");
        all.handOver(1, 2);
        try (HttpClientSocket other = new HttpClientSocket(all.port)) {
          assertThat(other.get("/b")).isEqualTo("g2 GET /b HTTP/1.1 0");
        }
        for (int i = 0; i < 20; i++) {
          assertThat(kept.get("/c")).isEqualTo("g1 GET /c HTTP/1.1 0");
        }
      } catch (Throwable e) {
        throw new AssertionError(all.said(), e);
      }
      assertThat(all.errors()).isEmpty();
    }
  }
}
