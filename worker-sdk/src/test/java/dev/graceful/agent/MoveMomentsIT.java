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

/** Wherever a connection is in its dialogue when it is to move, each request gets one answer. */
@Timeout(600)
class MoveMomentsIT {
  private static final String CHUNKED =
      "POST /c HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n";

  @TempDir Path dir;

  static List<Arguments> servers() throws IOException {
    List<Arguments> all = new ArrayList<>();
    for (Path jdk : Program.jdks()) {
      for (String kind : List.of("http", "socket", "selector")) {
        all.add(Arguments.of(jdk, kind));
      }
    }
    return all;
  }

  @ParameterizedTest
  @MethodSource("servers")
  void atAnyMoment(Path jdk, String kind) throws Exception {
    boolean selector = kind.equals("selector");
    boolean http = kind.equals("http");
    try (Generations all = new Generations(dir)) {
      WorkerProcess old = all.start(jdk, kind);
      try (HttpClientSocket busy = new HttpClientSocket(all.port);
          HttpClientSocket body = new HttpClientSocket(all.port);
          HttpClientSocket chunks = new HttpClientSocket(all.port);
          HttpClientSocket invited = new HttpClientSocket(all.port);
          HttpClientSocket head = new HttpClientSocket(all.port);
          HttpClientSocket ten = new HttpClientSocket(all.port);
          HttpClientSocket upgraded = new HttpClientSocket(all.port)) {
        body.send("POST /p HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\n01234");
        chunks.send(CHUNKED + "4\r\nab");
        if (!http) {
          ten.send("GET /ten HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");
          assertThat(ten.answer()).startsWith("g1");
          upgraded.send("GET / HTTP/1.1\r\nHost: x\r\nUpgrade: x\r\nConnection: upgrade\r\n\r\n");
          upgraded.head();
        }
        invited.send(
            "POST /e HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: 3\r\n\r\n");
        assertThat(invited.head()).isZero();
        assertThat(chunks(all)).startsWith("g1");
        body.awaitRead();
        chunks.awaitRead();
        if (!selector) {
          busy.send("GET /wait HTTP/1.1\r\nHost: x\r\n\r\n");
          old.await("ASKED GET /wait");
        }

        all.start(jdk, kind);
        all.handOver(1, 2);

        head.send("HEAD /h HTTP/1.1\r\nHost: x\r\n\r\n");
        assertThat(head.head()).isPositive();
        assertThat(head.moved("g2")).isTrue();
        head.send("HEAD /h HTTP/1.1\r\nHost: x\r\n\r\nGET /i HTTP/1.1\r\nHost: x\r\n\r\n");
        head.head();
        assertThat(head.answer()).isEqualTo("g2 GET /i HTTP/1.1 0");

        old.tell("go");
        if (!selector) {
          assertThat(busy.answer()).isEqualTo("g1 GET /wait HTTP/1.1 0");
          assertThat(busy.moved("g2")).isTrue();
        }

        body.send("56789");
        assertThat(body.answer()).isEqualTo("g1 POST /p HTTP/1.1 10");
        assertThat(body.moved("g2")).isTrue();
        body.send("POST /p HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n\r\n012");
        assertThat(body.answer()).isEqualTo("g2 POST /p HTTP/1.1 3");

        chunks.send("cd\r\n0\r\n\r\n");
        assertThat(chunks.answer()).startsWith("g1 POST /c HTTP/1.1");
        assertThat(chunks.moved("g2")).isTrue();
        chunks.send(CHUNKED + "2\r\nab\r\n0\r\n\r\n");
        assertThat(chunks.answer()).startsWith("g2 POST /c HTTP/1.1");

        invited.send("abc");
        assertThat(invited.answer()).isEqualTo("g1 POST /e HTTP/1.1 3");
        // the JDK's HttpServer gives its 100 a Content-Length: odd, so that connection stays
        assertThat(http ? invited.stays("g1") : invited.moved("g2")).isTrue();

        StringBuilder pipeline = new StringBuilder();
        for (int i = 0; i < 20; i++) {
          pipeline.append("GET /").append(i).append(" HTTP/1.1\r\nHost: x\r\n\r\n");
        }
        body.send(pipeline.toString());
        for (int i = 0; i < 20; i++) {
          assertThat(body.answer()).isEqualTo("g2 GET /" + i + " HTTP/1.1 0");
        }

        if (!http) {
          for (int i = 0; i < 3; i++) {
            ten.send("GET /ten HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");
            assertThat(ten.answer()).startsWith("g1");
            upgraded.send("hallo");
            assertThat(upgraded.bytes(12)).isEqualTo("g1 echohallo");
          }
        }
      } catch (Throwable e) {
        throw new AssertionError(all.said(), e);
      }
      assertThat(all.errors()).isEmpty();
    }
  }

  private static String chunks(Generations all) throws IOException {
    try (HttpClientSocket client = new HttpClientSocket(all.port)) {
      client.send(CHUNKED + "2\r\nab\r\n0\r\n\r\n");
      return client.answer();
    }
  }
}
