package dev.graceful.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.graceful.config.InstanceDirectory;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The commands against a socket that answers as a supervisor would. */
@Timeout(value = 300, unit = TimeUnit.SECONDS)
class InstanceCommandTest {
  @TempDir private Path temp;
  private InstanceDirectory directory;
  private ServerSocketChannel listener;

  @BeforeEach
  void start() throws Exception {
    directory = InstanceDirectory.create(temp, "shop");
    listener = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
    listener.bind(UnixDomainSocketAddress.of(directory.controlSocket()));
  }

  @AfterEach
  void stop() throws Exception {
    listener.close();
    directory.close();
  }

  @Test
  void aFailedReloadSaysWhyAndExitsWithOne() throws Exception {
    CompletableFuture<String> request =
        answer(
            "{\"say\":\"g2 starts\"}\n"
                + "{\"exit_code\":1,\"message\":\"g2 failed: exited with 1\"}\n");
    Result result = graceful("reload", "--jar", "new.jar");
    assertThat(result.exitCode()).isEqualTo(1);
    assertThat(result.out()).isEqualTo("g2 starts\n");
    assertThat(result.err()).isEqualTo("graceful: g2 failed: exited with 1\n");
    assertThat(request.get())
        .contains("\"command\":\"reload\"")
        .contains("\"jar\":\"" + Path.of("new.jar").toAbsolutePath() + "\"");
  }

  @Test
  void statusAsJsonIsOneObject() throws Exception {
    String status = "{\"name\":\"shop\",\"pid\":7,\"state\":\"serving\",\"generation\":2}";
    answer("{\"exit_code\":0,\"message\":\"\",\"status\":" + status + "}\n");
    Result result = graceful("status", "shop", "--json");
    assertThat(result.exitCode()).isZero();
    assertThat(result.out())
        .startsWith("{\"name\":\"shop\",\"pid\":7,\"state\":\"serving\",\"generation\":2,")
        .endsWith("}\n");
  }

  @Test
  void stopWaitsUntilItIsDown() throws Exception {
    answer("{\"exit_code\":0,\"message\":\"stopping\"}\n")
        .thenRunAsync(
            directory::close, CompletableFuture.delayedExecutor(200, TimeUnit.MILLISECONDS));
    Result result = graceful("stop");
    assertThat(result.exitCode()).isZero();
    assertThat(result.out()).isEqualTo("shop is down\n");
    assertThat(InstanceDirectory.isRunning(temp, "shop")).isFalse();
  }

  @Test
  void aSupervisorThatEndsWhileItStopsHasStopped() throws Exception {
    answer("").thenRun(directory::close);
    assertThat(graceful("stop").out()).isEqualTo("shop is down\n");
  }

  @Test
  void aSupervisorThatEndsDuringAReloadIsSaidSo() throws Exception {
    answer("");
    Result result = graceful("reload");
    assertThat(result.exitCode()).isEqualTo(1);
    assertThat(result.err()).contains("shop ended before it answered 'reload'");
  }

  /** Answers the next request; the result is what was asked. */
  private CompletableFuture<String> answer(String text) {
    return CompletableFuture.supplyAsync(
        () -> {
          try (SocketChannel client = listener.accept()) {
            ByteBuffer request = ByteBuffer.allocate(4096);
            client.read(request);
            ByteBuffer bytes = ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
            while (bytes.hasRemaining()) {
              client.write(bytes);
            }
            return new String(request.array(), 0, request.position(), StandardCharsets.UTF_8);
          } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
          }
        });
  }

  private record Result(int exitCode, String out, String err) {}

  private Result graceful(String command, String... rest) {
    String[] args = new String[rest.length + 3];
    args[0] = command;
    System.arraycopy(rest, 0, args, 1, rest.length);
    args[rest.length + 1] = "--run-dir";
    args[rest.length + 2] = temp.toString();
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    int exitCode = Main.run(args, new PrintWriter(out, true), new PrintWriter(err, true));
    return new Result(exitCode, out.toString(), err.toString());
  }
}
