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

/** As {@link MoveIT}, for connections of Netty's native transport. */
@Timeout(600)
class NettyMoveIT {
  private static final int CHAIN = 3;

  @TempDir Path dir;

  static List<Arguments> servers() throws IOException {
    List<Arguments> all = new ArrayList<>();
    for (Path jdk : Program.jdks()) {
      for (Netty netty : Netty.values()) {
        all.add(Arguments.of(jdk, netty, "epoll"));
      }
      for (String kind : List.of("vector", "buffers", "file")) {
        all.add(Arguments.of(jdk, Netty.V41, kind));
        all.add(Arguments.of(jdk, Netty.V42, kind));
      }
      all.add(Arguments.of(jdk, Netty.V42, "nio"));
    }
    return all;
  }

  @ParameterizedTest
  @MethodSource("servers")
  void connectionsGoFromWorkerToWorker(Path jdk, Netty netty, String kind) throws Exception {
    List<String> program =
        List.of(netty.classPath(dir.resolve("app")), NettyKeepAliveApp.class.getName());
    try (Generations all = new Generations(dir)) {
      all.startProgram(jdk, kind, program);
      try (HttpClientSocket never = new HttpClientSocket(all.port);
          HttpClientSocket used = new HttpClientSocket(all.port);
          HttpClientSocket half = new HttpClientSocket(all.port)) {
        assertThat(used.get("/a")).isEqualTo("g1 GET /a HTTP/1.1 0");
        for (int to = 2; to <= CHAIN; to++) {
          String before = "g" + (to - 1);
          String after = "g" + to;
          half.send("GET /half HTTP/1.1\r\nHo");
          half.awaitRead();
          WorkerProcess worker = all.startProgram(jdk, kind, program);
          all.handOver(to - 1, to);
          assertThat(eventually(used, after)).isEqualTo(after + " GET /b HTTP/1.1 0");
          if (to == CHAIN) {
            assertThat(eventually(never, after)).isEqualTo(after + " GET /b HTTP/1.1 0");
          }
          half.send("st: x\r\n\r\n");
          assertThat(half.answer()).isEqualTo(before + " GET /half HTTP/1.1 0");
          assertThat(eventually(half, after)).startsWith(after);
          assertThat(worker.said()).doesNotContain("STOPPED");
        }
      } catch (Throwable e) {
        throw new AssertionError(all.said(), e);
      }
      assertThat(all.errors()).noneMatch(line -> line.startsWith("graceful: "));
      assertThat(all.said()).doesNotContain("STOPPED");
    }
  }

  /** Asks until the answer comes from {@code name}: each request must be answered. */
  private static String eventually(HttpClientSocket client, String name) throws IOException {
    String answer = client.get("/b");
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(120);
    while (!answer.startsWith(name) && System.nanoTime() < deadline) {
      answer = client.get("/b");
    }
    return answer;
  }
}
