package dev.graceful.agent;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** A client's connection passes from worker to worker, and the client notices nothing. */
@Timeout(600)
class MoveIT {
  @TempDir Path dir;

  static List<Arguments> servers() throws IOException {
    List<Arguments> all = new ArrayList<>();
    for (Path jdk : Program.jdks()) {
      for (String kind :
          List.of("selector", "http", "channel", "socket", "timed-socket", "async")) {
        all.add(Arguments.of(jdk, kind));
      }
      if (Program.feature(jdk.resolve("release")) >= 21) {
        all.add(Arguments.of(jdk, "virtual-channel"));
        all.add(Arguments.of(jdk, "virtual-socket"));
      }
    }
    return all;
  }

  @ParameterizedTest
  @MethodSource("servers")
  void survives(Path jdk, String kind) throws Exception {
    try (Generations all = new Generations(dir)) {
      WorkerProcess old = all.start(jdk, kind);
      try (HttpClientSocket never = new HttpClientSocket(all.port);
          HttpClientSocket used = new HttpClientSocket(all.port);
          HttpClientSocket half = new HttpClientSocket(all.port)) {
        assertThat(used.get("/a")).isEqualTo("g1 GET /a HTTP/1.1 0");
        half.send("GET /half HTTP/1.1\r\nHo");
        half.awaitRead();
        assertThat(half(all.port)).startsWith("g1");
        all.start(jdk, kind);
        long began = System.nanoTime();
        all.handOver(1, 2);
        assertThat(used.moved("g2")).isTrue();
        long took = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - began);
        assertThat(never.moved("g2")).isTrue();
        half.send("st: x\r\n\r\n");
        assertThat(half.answer()).isEqualTo("g1 GET /half HTTP/1.1 0");
        assertThat(half.moved("g2")).isTrue();
        System.out.println(jdk + " " + kind + " moved in " + took + " ms");
      } catch (Throwable e) {
        throw new AssertionError(all.said(), e);
      }
      assertThat(all.errors()).isEmpty();
      assertThat(old.end()).isZero();
    }
  }

  private static String half(int port) throws IOException {
    try (HttpClientSocket client = new HttpClientSocket(port)) {
      return client.get("/other");
    }
  }
}
