package dev.graceful.worker;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(300)
class ServerTimeoutsTest {
  private static final Duration SHORT = Duration.ofSeconds(3);

  @Test
  void aHeadThatDoesNotCome() throws Exception {
    GracefulServer server =
        GracefulServerTest.newServer(Answers.text("hello")).readTimeout(SHORT).start();
    try (RawClient client = new RawClient(server.address());
        RawClient fast = new RawClient(server.address())) {
      client.send("GET / HTTP/1.1\r\nHost: loc");
      client.awaitClose();
      assertThat(fast.get("/").answer()).endsWith("hello");
      assertThat(fast.get("/").answer()).endsWith("hello");
      assertThat(server.shutdown(Duration.ofSeconds(100))).isTrue();
    }
  }

  @Test
  void aBodyThatDoesNotCome() throws Exception {
    CompletableFuture<String> seen = new CompletableFuture<>();
    GracefulServer server =
        GracefulServerTest.newServer(
                exchange -> {
                  try {
                    exchange.getRequestBody().readAllBytes();
                    seen.complete("all");
                  } catch (IOException e) {
                    seen.complete(e.getMessage() + ", interrupted " + Thread.interrupted());
                    throw e;
                  }
                })
            .readTimeout(SHORT)
            .start();
    try (RawClient client = new RawClient(server.address())) {
      client.send("POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 10\r\n\r\nhalf");
      assertThat(seen.get())
          .isEqualTo(
              "the request was not read within its readTimeout of 3000 ms, interrupted false");
      client.awaitClose();
    } finally {
      server.close();
    }
  }

  @Test
  void aHandlerMayTakeLongerThanTheReadTimeout() throws Exception {
    Answers.Gate gate = new Answers.Gate();
    GracefulServer server = GracefulServerTest.newServer(gate).readTimeout(SHORT).start();
    try (RawClient client = new RawClient(server.address());
        RawClient slow = new RawClient(server.address())) {
      client.get("/");
      gate.entered.await();
      slow.send("G").awaitClose(); // so the timeout of the first is over as well
      gate.open.countDown();
      assertThat(client.answer()).endsWith("gate");
    } finally {
      server.close();
    }
  }

  @Test
  void aBodyThatNobodyReadsDoesNotHoldTheServer() throws Exception {
    GracefulServer server =
        GracefulServerTest.newServer(exchange -> exchange.sendResponseHeaders(204, -1))
            .readTimeout(SHORT)
            .start();
    try (RawClient client = new RawClient(server.address())) {
      client.send("POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1000\r\n\r\nhalf");
      assertThat(client.answer()).startsWith("HTTP/1.1 204");
      client.awaitClose();
      assertThat(server.shutdown(Duration.ofSeconds(100))).isTrue();
    }
  }

  @Test
  void aClientThatDoesNotRead() throws Exception {
    CompletableFuture<String> seen = new CompletableFuture<>();
    GracefulServer server =
        GracefulServerTest.newServer(
                exchange -> {
                  exchange.sendResponseHeaders(200, 0);
                  byte[] block = new byte[1 << 20];
                  try {
                    for (int i = 0; i < 1000; i++) {
                      exchange.getResponseBody().write(block);
                    }
                  } catch (IOException e) {
                    seen.complete(e.getMessage() + ", interrupted " + Thread.interrupted());
                  }
                  exchange.close();
                })
            .writeTimeout(SHORT)
            .start();
    try (Socket small = new Socket()) {
      small.setReceiveBufferSize(4096);
      small.connect(
          new InetSocketAddress(InetAddress.getByName("127.0.0.1"), server.address().getPort()));
      RawClient client = new RawClient(small);
      client.get("/");
      assertThat(seen.get())
          .isEqualTo(
              "the answer was not written within its writeTimeout of 3000 ms, interrupted false");
      assertThat(server.shutdown(Duration.ofSeconds(100))).isTrue();
    }
  }
}
