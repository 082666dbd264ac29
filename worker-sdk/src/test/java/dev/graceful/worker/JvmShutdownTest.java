package dev.graceful.worker;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A JVM of its own, because it is told to end. */
@Timeout(300)
class JvmShutdownTest {
  @TempDir Path folder;

  /** Answers a POST when it has its body, so a client decides when. */
  static final class Server {
    public static void main(String[] args) throws Exception {
      GracefulServer.newServer(
              "127.0.0.1:0",
              exchange -> {
                System.out.println("request");
                exchange.getRequestBody().readAllBytes();
                Answers.text(exchange, Graceful.state().name());
              })
          .shutdownTimeout(Duration.ofMillis(Long.parseLong(args[0])))
          .beforeBegin(address -> System.out.println(address.getPort()))
          .listenAndServe();
      System.out.println("returned");
    }
  }

  @Test
  void termLetsWhatIsInFlightFinish() throws Exception {
    Process jvm = launch(100_000);
    try (BufferedReader out =
            new BufferedReader(
                new java.io.InputStreamReader(
                    jvm.getInputStream(), java.nio.charset.StandardCharsets.UTF_8));
        RawClient client = new RawClient(address(out.readLine()))) {
      client.send("POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 4\r\n\r\nha");
      assertThat(out.readLine()).isEqualTo("request");
      jvm.destroy(); // TERM
      awaitRefused(jvm, client);
      client.send("lf");
      assertThat(client.answer()).endsWith("SHUTTING_DOWN").contains("Connection: close");
      assertThat(jvm.waitFor(120, TimeUnit.SECONDS)).isTrue();
      assertThat(jvm.exitValue()).isEqualTo(143);
      assertThat(stderr()).isEmpty();
    } finally {
      jvm.destroyForcibly();
    }
  }

  @Test
  void theShutdownTimeoutEndsIt() throws Exception {
    Process jvm = launch(300);
    try (BufferedReader out =
            new BufferedReader(
                new java.io.InputStreamReader(
                    jvm.getInputStream(), java.nio.charset.StandardCharsets.UTF_8));
        RawClient client = new RawClient(address(out.readLine()))) {
      client.send("POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 4\r\n\r\nha");
      assertThat(out.readLine()).isEqualTo("request");
      jvm.destroy();
      assertThat(jvm.waitFor(120, TimeUnit.SECONDS)).isTrue();
      client.awaitClose();
    } finally {
      jvm.destroyForcibly();
    }
  }

  private Process launch(long shutdownMillis) throws Exception {
    return new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-cp",
            System.getProperty("java.class.path"),
            Server.class.getName(),
            Long.toString(shutdownMillis))
        .redirectError(folder.resolve("stderr").toFile())
        .start();
  }

  private InetSocketAddress address(String port) throws Exception {
    assertThat(port).as("first line; stderr: %s", stderr()).isNotNull();
    return new InetSocketAddress("127.0.0.1", Integer.parseInt(port));
  }

  private String stderr() throws Exception {
    return Files.readString(folder.resolve("stderr"));
  }

  private static void awaitRefused(Process jvm, RawClient client) throws Exception {
    while (client.serverAccepts()) {
      assertThat(jvm.isAlive()).isTrue();
    }
  }
}
