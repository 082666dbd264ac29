package dev.graceful.e2e;

import dev.graceful.demo.soak.Answer;
import dev.graceful.demo.soak.HttpConnection;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** A request that has been written, on a connection of its own, and waits for its answer. */
final class InFlight {
  private static final Duration PATIENCE = Await.PATIENCE;
  private final CompletableFuture<Answer> answer;

  private InFlight(CompletableFuture<Answer> answer) {
    this.answer = answer;
  }

  static InFlight get(int port, String path) throws IOException {
    return get(new InetSocketAddress("127.0.0.1", port), path);
  }

  static InFlight get(InetSocketAddress address, String path) throws IOException {
    HttpConnection connection = HttpConnection.open(address, null, PATIENCE);
    connection.send("GET", path, new byte[0], true);
    CompletableFuture<Answer> answer = new CompletableFuture<>();
    Thread reader =
        new Thread(
            () -> {
              try (connection) {
                answer.complete(connection.receive());
              } catch (IOException | RuntimeException e) {
                answer.completeExceptionally(new CompletionException(e));
              }
            });
    reader.setDaemon(true);
    reader.start();
    return new InFlight(answer);
  }

  boolean done() {
    return answer.isDone();
  }

  /** Its whole answer. */
  Answer answer() throws IOException, InterruptedException {
    try {
      return answer.get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
    } catch (ExecutionException e) {
      throw new IOException("the request was not answered: " + e.getCause(), e);
    } catch (TimeoutException e) {
      throw new IOException("the request was not answered in " + PATIENCE, e);
    }
  }

  /** Waits until the server has cut it off. */
  void awaitCut() throws Exception {
    Await.until("the request is cut off", answer::isCompletedExceptionally);
  }
}
