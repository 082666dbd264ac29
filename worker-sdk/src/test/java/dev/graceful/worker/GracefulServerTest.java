package dev.graceful.worker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.BindException;
import java.net.ConnectException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(300)
class GracefulServerTest {
  private static final Duration LONG = Duration.ofSeconds(200);

  @Test
  void servesAndEndsAtOnceWhereNothingIsInFlight() throws Exception {
    GracefulServer server = newServer(Answers.text("hello")).start();
    try (RawClient client = new RawClient(server.address())) {
      assertThat(client.get("/").answer()).startsWith("HTTP/1.1 200 OK").endsWith("\r\n\r\nhello");
      long begin = System.nanoTime();
      assertThat(server.shutdown(LONG)).isTrue();
      assertThat(Duration.ofNanos(System.nanoTime() - begin)).isLessThan(LONG.dividedBy(2));
      client.awaitClose();
    }
    assertRefused(server.address().getPort());
  }

  @Test
  void whatIsInFlightFinishesAndNothingNewIsAccepted() throws Exception {
    Answers.Gate gate = new Answers.Gate();
    GracefulServer server = newServer(gate).start();
    int port = server.address().getPort();
    try (RawClient client = new RawClient(server.address())) {
      client.get("/");
      gate.entered.await();
      CompletableFuture<Boolean> down = Answers.inBackground(() -> server.shutdown(LONG));
      awaitRefused(port);
      assertThat(down).isNotDone();
      gate.open.countDown();
      assertThat(client.answer()).contains("Connection: close").endsWith("gate");
      assertThat(down.get()).isTrue();
    }
  }

  @Test
  void anAnswerFromAnotherThreadIsInFlightUntilItIsWritten() throws Exception {
    CountDownLatch entered = new CountDownLatch(1);
    CountDownLatch open = new CountDownLatch(1);
    GracefulServer server =
        newServer(
                exchange -> {
                  entered.countDown();
                  Answers.inBackground(
                      () -> {
                        open.await();
                        Answers.text(exchange, "later");
                        return true;
                      });
                })
            .start();
    int port = server.address().getPort();
    try (RawClient client = new RawClient(server.address())) {
      client.get("/");
      entered.await();
      CompletableFuture<Boolean> down = Answers.inBackground(() -> server.shutdown(LONG));
      awaitRefused(port);
      assertThat(down).isNotDone();
      open.countDown();
      assertThat(client.answer()).endsWith("later");
      assertThat(down.get()).isTrue();
    }
  }

  @Test
  void whatDoesNotFinishInTimeIsCut() throws Exception {
    Answers.Gate gate = new Answers.Gate();
    GracefulServer server = newServer(gate).start();
    try (RawClient client = new RawClient(server.address())) {
      client.get("/");
      gate.entered.await();
      assertThat(server.shutdown(Duration.ofMillis(200))).isFalse();
      client.awaitClose();
    } finally {
      gate.open.countDown();
    }
  }

  @Test
  void aSecondShutdownCanEndAFirstThatWaits() throws Exception {
    Answers.Gate gate = new Answers.Gate();
    GracefulServer server = newServer(gate).shutdownTimeout(Duration.ofSeconds(-1)).start();
    int port = server.address().getPort();
    try (RawClient client = new RawClient(server.address())) {
      client.get("/");
      gate.entered.await();
      CompletableFuture<Boolean> closed =
          Answers.inBackground(
              () -> {
                server.close();
                return true;
              });
      awaitRefused(port);
      assertThat(closed).isNotDone();
      assertThat(server.shutdown(Duration.ZERO)).isFalse();
      closed.get();
    } finally {
      gate.open.countDown();
    }
  }

  /** Clients that never stop on kept connections: each request that was sent is answered. */
  @Test
  void busyKeepAliveClientsLoseNothing() throws Exception {
    GracefulServer server = newServer(Answers.text("hello")).start();
    AtomicInteger warm = new AtomicInteger();
    AtomicInteger answered = new AtomicInteger();
    List<CompletableFuture<Void>> clients = new ArrayList<>();
    CountDownLatch allWarm = new CountDownLatch(8);
    for (int i = 0; i < 8; i++) {
      RawClient client = new RawClient(server.address());
      CompletableFuture<Void> done = new CompletableFuture<>();
      clients.add(done);
      new Thread(
              () -> {
                try (client) {
                  String answer = "";
                  for (int n = 0; !answer.contains("Connection: close"); n++) {
                    answer = client.get("/").answer();
                    answered.incrementAndGet();
                    if (n == 50) {
                      warm.incrementAndGet();
                      allWarm.countDown();
                    }
                  }
                  client.awaitClose();
                  done.complete(null);
                } catch (Throwable e) {
                  done.completeExceptionally(e);
                }
              })
          .start();
    }
    allWarm.await();
    assertThat(server.shutdown(LONG)).isTrue();
    for (CompletableFuture<Void> client : clients) {
      client.get();
    }
    assertThat(answered).hasValueGreaterThan(8 * 50);
  }

  @Test
  void beforeBeginComesWhenTheListenerExistsAndIsNotServed() throws Exception {
    AtomicReference<InetSocketAddress> told = new AtomicReference<>();
    AtomicReference<RawClient> early = new AtomicReference<>();
    GracefulServer server =
        newServer(Answers.text("hello"))
            .beforeBegin(
                address -> {
                  told.set(address);
                  try {
                    early.set(new RawClient(address).get("/"));
                  } catch (IOException e) {
                    throw new IllegalStateException(e);
                  }
                })
            .start();
    try (RawClient client = early.get()) {
      assertThat(told.get()).isEqualTo(server.address());
      assertThat(client.answer()).endsWith("hello");
    } finally {
      server.close();
    }
  }

  @Test
  void aHookThatThrowsLeavesNoListener() {
    AtomicReference<InetSocketAddress> told = new AtomicReference<>();
    assertThatThrownBy(
            () ->
                newServer(Answers.text("hello"))
                    .beforeBegin(
                        address -> {
                          told.set(address);
                          throw new IllegalStateException("no");
                        })
                    .start())
        .hasMessage("no");
    assertRefused(told.get().getPort());
  }

  @Test
  void theLongestPathWins() throws Exception {
    GracefulServer server =
        newServer(Answers.text("root")).handle("/api", Answers.text("api")).start();
    try (RawClient client = new RawClient(server.address())) {
      assertThat(client.get("/api/x").answer()).endsWith("api");
      assertThat(client.get("/other").answer()).endsWith("root");
    } finally {
      server.close();
    }
  }

  @Test
  void aHeadThatIsTooLargeIsRefused() throws Exception {
    GracefulServer server = newServer(Answers.text("hello")).maxHeaderBytes(500).start();
    try (RawClient small = new RawClient(server.address());
        RawClient large = new RawClient(server.address())) {
      assertThat(small.get("/" + "x".repeat(300)).answer()).startsWith("HTTP/1.1 200");
      assertThat(large.get("/" + "x".repeat(500)).answer()).startsWith("HTTP/1.1 431");
      large.awaitClose();
    } finally {
      server.close();
    }
  }

  @Test
  void aPortInUseIsNamed() throws Exception {
    GracefulServer server = newServer(Answers.text("hello")).start();
    String address = "127.0.0.1:" + server.address().getPort();
    try {
      assertThatThrownBy(() -> GracefulServer.listenAndServe(address, Answers.text("hello")))
          .isInstanceOf(BindException.class)
          .hasMessage("cannot listen on " + address + ": Address already in use");
    } finally {
      server.close();
    }
  }

  static ServerBuilder newServer(com.sun.net.httpserver.HttpHandler handler) {
    return GracefulServer.newServer("127.0.0.1:0", handler);
  }

  private static void assertRefused(int port) {
    assertThatThrownBy(() -> new Socket("127.0.0.1", port).close())
        .isInstanceOf(ConnectException.class);
  }

  private static void awaitRefused(int port) throws Exception {
    while (true) {
      try {
        new Socket("127.0.0.1", port).close();
      } catch (IOException refused) {
        return;
      }
    }
  }
}
