package dev.graceful.agent;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Many connections, and successors that fail: nothing is lost, nothing is answered twice. */
@Timeout(600)
class MoveManyIT {
  @TempDir Path dir;

  static List<Path> jdks() throws IOException {
    return Program.jdks();
  }

  private static List<HttpClientSocket> clients(int port, int count) throws IOException {
    List<HttpClientSocket> clients = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      HttpClientSocket client = new HttpClientSocket(port);
      clients.add(client);
      if (i % 2 == 0) {
        assertThat(client.get("/first")).startsWith("g1");
      }
    }
    return clients;
  }

  private static void close(List<HttpClientSocket> clients) throws IOException {
    for (HttpClientSocket client : clients) {
      client.close();
    }
  }

  @ParameterizedTest
  @MethodSource("jdks")
  void fiveHundredIdleThroughThreeWorkers(Path jdk) throws Exception {
    try (Generations all = new Generations(dir)) {
      all.start(jdk, "selector");
      List<HttpClientSocket> clients = clients(all.port, 500);
      try {
        for (int next = 2; next <= 3; next++) {
          WorkerProcess worker = all.start(jdk, "selector");
          long began = System.nanoTime();
          all.handOver(next - 1, next);
          worker.sockets(all.port, clients.size(), clients.size());
          System.out.println(
              jdk + " 500 idle moved in " + (System.nanoTime() - began) / 1_000_000 + " ms");
          for (HttpClientSocket client : clients) {
            assertThat(client.get("/n")).startsWith("g" + next);
          }
        }
      } catch (Throwable e) {
        throw new AssertionError(all.said(), e);
      } finally {
        close(clients);
      }
      assertThat(all.errors()).isEmpty();
    }
  }

  @ParameterizedTest
  @MethodSource("jdks")
  void twoThousandIdle(Path jdk) throws Exception {
    try (Generations all = new Generations(dir)) {
      all.start(jdk, "selector");
      List<HttpClientSocket> clients = clients(all.port, 2_000);
      try {
        WorkerProcess second = all.start(jdk, "selector");
        long began = System.nanoTime();
        all.handOver(1, 2);
        second.sockets(all.port, clients.size(), clients.size());
        System.out.println(
            jdk + " 2000 idle moved in " + (System.nanoTime() - began) / 1_000_000 + " ms");
        for (HttpClientSocket client : clients) {
          assertThat(client.get("/n")).startsWith("g2");
        }
      } catch (Throwable e) {
        throw new AssertionError(all.errors().toString(), e);
      } finally {
        close(clients);
      }
      assertThat(all.errors()).isEmpty();
    }
  }

  @Test
  void noRoomBetweenTheWorkers() throws Exception {
    Path jdk = Program.jdks().get(0);
    try (Generations all = new Generations(dir)) {
      all.start(jdk, "http");
      List<HttpClientSocket> clients = clients(all.port, 40);
      try {
        WorkerProcess second = all.start(jdk, "http");
        all.serve(1, 2);
        second.signal("STOP");
        all.passThroughLittle(1, 2);
        for (HttpClientSocket client : clients) {
          client.send("GET /meanwhile HTTP/1.1\r\nHost: x\r\n\r\n");
        }
        // those for which there was no room are served where they are
        boolean served = false;
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(120);
        while (!served && System.nanoTime() < deadline) {
          Thread.sleep(10);
          for (HttpClientSocket client : clients) {
            served |= client.answered();
          }
        }
        assertThat(served).isTrue();
        second.signal("CONT");
        int stayed = 0;
        for (HttpClientSocket client : clients) {
          String answer = client.answer();
          assertThat(answer).matches("g[12] GET /meanwhile HTTP/1.1 0");
          stayed += answer.startsWith("g1") ? 1 : 0;
        }
        assertThat(stayed).isPositive();
        for (HttpClientSocket client : clients) {
          assertThat(client.moved("g2")).isTrue();
        }
      } catch (Throwable e) {
        throw new AssertionError(all.said(), e);
      } finally {
        close(clients);
      }
      assertThat(all.errors()).isEmpty();
    }
  }

  @ParameterizedTest
  @MethodSource("jdks")
  void aSuccessorThatDies(Path jdk) throws Exception {
    try (Generations all = new Generations(dir)) {
      all.start(jdk, "http");
      List<HttpClientSocket> clients = clients(all.port, 150);
      try {
        WorkerProcess second = all.start(jdk, "http");
        // it will get some, and accept none
        all.serve(1, 2);
        second.signal("STOP");
        all.pass(1, 2);
        // more than may be under way: these stay, and are served
        int served = 0;
        for (HttpClientSocket client : clients.subList(90, 150)) {
          client.send("GET /meanwhile HTTP/1.1\r\nHost: x\r\n\r\n");
          served++;
        }
        second.signal("KILL");
        for (HttpClientSocket client : clients.subList(90, 150)) {
          assertThat(client.answer()).isEqualTo("g1 GET /meanwhile HTTP/1.1 0");
        }
        assertThat(served).isEqualTo(60);
        // nothing is lost: the old one serves what comes back to it
        for (HttpClientSocket client : clients) {
          assertThat(client.get("/alone")).startsWith("g1");
        }
        all.start(jdk, "http");
        all.handOver(1, 3);
        for (HttpClientSocket client : clients) {
          assertThat(client.moved("g3")).isTrue();
        }
      } catch (Throwable e) {
        throw new AssertionError(all.said(), e);
      } finally {
        close(clients);
      }
    }
  }

  @Test
  void aSuccessorWithLittleRoomForDescriptors() throws Exception {
    Path jdk = Program.jdks().get(0);
    try (Generations all = new Generations(dir)) {
      all.start(jdk, "http");
      List<HttpClientSocket> clients = clients(all.port, 150);
      try {
        WorkerProcess second =
            all.start(jdk, "http", List.of("sh", "-c", "ulimit -n 110; exec \"$@\"", "sh"));
        all.handOver(1, 2);
        second.sockets(all.port, 5, 70);
        int moved = 0;
        for (HttpClientSocket client : clients) {
          String answer = client.get("/a");
          assertThat(answer).matches("g[12] GET /a HTTP/1.1 0");
          moved += answer.startsWith("g2") ? 1 : 0;
        }
        assertThat(moved).isBetween(5, 70);
        // as clients leave there is room for others
        for (HttpClientSocket client : clients.subList(0, 100)) {
          client.close();
        }
        for (HttpClientSocket client : clients.subList(100, 150)) {
          while (!client.get("/b").startsWith("g2")) {
            Thread.sleep(20);
          }
        }
      } catch (Throwable e) {
        throw new AssertionError(all.said(), e);
      } finally {
        close(clients);
      }
    }
  }

  @ParameterizedTest
  @MethodSource("jdks")
  void clientsThatNeverPause(Path jdk) throws Exception {
    ExecutorService threads = Executors.newCachedThreadPool();
    try (Generations all = new Generations(dir)) {
      all.start(jdk, "selector");
      List<HttpClientSocket> clients = clients(all.port, 8);
      List<Future<String>> results = new ArrayList<>();
      for (HttpClientSocket client : clients) {
        Callable<String> loop = () -> load(client);
        results.add(threads.submit(loop));
      }
      try {
        for (int next = 2; next <= 3; next++) {
          all.start(jdk, "selector");
          all.handOver(next - 1, next);
        }
        for (Future<String> result : results) {
          System.out.println(jdk + " never paused: " + result.get(300, TimeUnit.SECONDS));
        }
      } catch (Throwable e) {
        throw new AssertionError(all.errors().toString(), e);
      } finally {
        close(clients);
      }
      assertThat(all.errors()).isEmpty();
    } finally {
      threads.shutdownNow();
    }
  }

  /** Asks until the third worker has answered 500 times; all answers must be to their question. */
  private static String load(HttpClientSocket client) throws IOException {
    int asked = 0;
    int third = 0;
    int longest = 0;
    String last = "";
    while (third < 500) {
      long began = System.nanoTime();
      String answer = client.get("/" + asked);
      longest = Math.max(longest, (int) ((System.nanoTime() - began) / 1_000_000));
      assertThat(answer.substring(2)).isEqualTo(" GET /" + asked + " HTTP/1.1 0");
      // never back to a worker that it has left
      assertThat(answer.substring(0, 2)).isGreaterThanOrEqualTo(last);
      last = answer.substring(0, 2);
      asked++;
      if (answer.startsWith("g3")) {
        third++;
      }
    }
    return asked + " requests, longest " + longest + " ms";
  }
}
