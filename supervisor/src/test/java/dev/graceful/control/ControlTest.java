package dev.graceful.control;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.jr.ob.JSON;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.BiConsumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(value = 300, unit = TimeUnit.SECONDS)
class ControlTest {
  private static final Status STATUS =
      new Status(
          "shop",
          7,
          "1.0",
          1234567890123L,
          "serving",
          3,
          "0123456789ab",
          List.of(new ListenerStatus("0.0.0.0", 8080, 2)),
          List.of(new WorkerStatus(3, 8, "serving", "0123456789ab", 16, 61, 1L << 33)),
          new LastReload("failed", 4, 1.5, "exited with 1"));

  @TempDir private Path temp;
  private final List<AutoCloseable> open = new ArrayList<>();

  @AfterEach
  void closeAll() throws Exception {
    for (AutoCloseable closeable : open) {
      closeable.close();
    }
  }

  @Test
  void aRequestIsAnsweredWithProgressAndOutcome() throws Exception {
    LinkedBlockingQueue<Request> requests = new LinkedBlockingQueue<>();
    Path socket =
        serve(
            10_000,
            (request, responder) -> {
              requests.add(request);
              responder.say("g2 starts");
              responder.say("line\nbreak \"quoted\" ü");
              // from another thread, later
              new Thread(() -> responder.done(new Outcome(1, "no", STATUS))).start();
            });
    List<String> said = new ArrayList<>();
    Outcome outcome =
        ControlClient.call(socket, new Request("reload", Map.of("jar", "/a b.jar")), said::add);
    assertThat(outcome).isEqualTo(new Outcome(1, "no", STATUS));
    assertThat(said).containsExactly("g2 starts", "line\nbreak \"quoted\" ü");
    assertThat(requests).containsExactly(new Request("reload", Map.of("jar", "/a b.jar")));
  }

  @Test
  void statusHasTheFieldsThatScriptsRelyOn() throws Exception {
    Map<String, Object> map = JSON.std.mapFrom(ControlJson.text(STATUS));
    assertThat(map)
        .containsOnlyKeys(
            "name", "pid", "state", "generation", "release", "listeners", "workers", "last_reload");
    assertThat(map.get("listeners"))
        .isEqualTo(List.of(Map.of("address", "0.0.0.0", "port", 8080, "accept_queue", 2)));
    assertThat(map.get("workers"))
        .isEqualTo(
            List.of(
                Map.of(
                    "generation",
                    3,
                    "pid",
                    8,
                    "state",
                    "serving",
                    "release",
                    "0123456789ab",
                    "connections",
                    16,
                    "uptime_s",
                    61,
                    "rss_bytes",
                    1L << 33)));
    assertThat(map.get("last_reload"))
        .isEqualTo(
            Map.of(
                "verdict", "failed", "generation", 4, "seconds", 1.5, "reason", "exited with 1"));
  }

  @Test
  void nonsenseIsRefusedWithALine() throws Exception {
    Path socket = serve(10_000, (request, responder) -> responder.done(new Outcome(0, "", null)));
    for (String line :
        List.of(
            "hello",
            "[1]",
            "{}",
            "{\"command\":1}",
            "{\"command\":\"x\",\"arguments\":3}",
            "{\"command\":\"x\",\"arguments\":{\"a\":1}}",
            "[".repeat(60_000),
            "x".repeat(70_000))) {
      assertThat(raw(socket, line + "\n"))
          .as(line.substring(0, Math.min(40, line.length())))
          .contains("refused: ")
          .contains("\"exit_code\":2")
          .endsWith("\n");
    }
    assertThat(call(socket).exitCode()).isZero();
  }

  @Test
  void idleAndSlowClientsBlockNobody() throws Exception {
    Path socket = serve(10_000, (request, responder) -> responder.done(new Outcome(0, "", null)));
    for (int i = 0; i < 3 * ControlServer.MOST_CLIENTS; i++) {
      SocketChannel idle = connect(socket);
      open.add(idle);
      idle.write(ByteBuffer.wrap("{\"comm".getBytes(StandardCharsets.UTF_8)));
    }
    assertThat(call(socket).exitCode()).isZero();
  }

  @Test
  void aSilentClientIsSentAway() throws Exception {
    Path socket = serve(100, (request, responder) -> responder.done(new Outcome(0, "", null)));
    try (SocketChannel silent = connect(socket)) {
      assertThat(silent.read(ByteBuffer.allocate(10))).isEqualTo(-1);
    }
  }

  @Test
  void aClientThatDoesNotReadNeverBlocksTheSupervisor() throws Exception {
    CountDownLatch said = new CountDownLatch(1);
    Path socket =
        serve(
            200,
            (request, responder) -> {
              for (int i = 0; i < 5000; i++) {
                responder.say("x".repeat(10_000));
              }
              responder.done(new Outcome(0, "", null));
              said.countDown();
            });
    try (SocketChannel deaf = connect(socket)) {
      deaf.write(ByteBuffer.wrap("{\"command\":\"x\"}\n".getBytes(StandardCharsets.UTF_8)));
      said.await();
    }
  }

  @Test
  void aClientThatHasGoneIsNoMatter() throws Exception {
    LinkedBlockingQueue<Responder> responders = new LinkedBlockingQueue<>();
    Path socket = serve(10_000, (request, responder) -> responders.add(responder));
    try (SocketChannel gone = connect(socket)) {
      gone.write(ByteBuffer.wrap("{\"command\":\"x\"}\n".getBytes(StandardCharsets.UTF_8)));
    }
    Responder responder = responders.take();
    for (int i = 0; i < 100; i++) {
      responder.say("still there?");
    }
    responder.done(new Outcome(0, "", null));
    responder.done(new Outcome(1, "twice", null));
    responder.say("after the end");
  }

  @Test
  void aServerThatGoesAwayIsSaidSo() throws Exception {
    LinkedBlockingQueue<Responder> responders = new LinkedBlockingQueue<>();
    Path socket = serve(10_000, (request, responder) -> responders.add(responder));
    Thread closer =
        new Thread(
            () -> {
              try {
                responders.take();
                open.get(0).close();
              } catch (Exception e) {
                throw new IllegalStateException(e);
              }
            });
    closer.start();
    assertThatThrownBy(() -> call(socket)).isInstanceOf(EOFException.class);
    closer.join();
    assertThatThrownBy(() -> call(socket)).isInstanceOf(java.net.SocketException.class);
  }

  @Test
  void aHandlerThatFailsEndsOnlyItsClient() throws Exception {
    Path socket =
        serve(
            10_000,
            (request, responder) -> {
              if (request.command().equals("bad")) {
                throw new IllegalStateException("as the test wants it");
              }
              responder.done(new Outcome(0, "", null));
            });
    Outcome outcome = ControlClient.call(socket, new Request("bad", Map.of()), line -> {});
    assertThat(outcome.exitCode()).isEqualTo(1);
    assertThat(outcome.message()).contains("as the test wants it");
    assertThat(call(socket).exitCode()).isZero();
  }

  private static Outcome call(Path socket) throws IOException {
    return ControlClient.call(socket, new Request("x", Map.of()), line -> {});
  }

  private static SocketChannel connect(Path socket) throws IOException {
    return SocketChannel.open(UnixDomainSocketAddress.of(socket));
  }

  private static String raw(Path socket, String text) throws IOException {
    try (SocketChannel channel = connect(socket)) {
      Thread writer =
          new Thread(
              () -> {
                try {
                  ByteBuffer bytes = ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
                  while (bytes.hasRemaining()) {
                    channel.write(bytes);
                  }
                } catch (IOException e) {
                  // refused before all was sent
                }
              });
      writer.start();
      StringBuilder answer = new StringBuilder();
      InputStream in = Channels.newInputStream(channel);
      try {
        for (int b = in.read(); b >= 0; b = in.read()) {
          answer.append((char) b);
        }
      } catch (IOException e) {
        // a reset after the answer, because not all of the request was read
      }
      return answer.toString();
    }
  }

  private Path serve(long patienceMillis, BiConsumer<Request, Responder> handler)
      throws IOException {
    Path socket = temp.resolve("control.sock");
    ServerSocketChannel listener = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
    listener.bind(UnixDomainSocketAddress.of(socket), 200);
    Acceptor acceptor =
        new Acceptor() {
          @Override
          public Connection accept() throws IOException {
            return new ChannelConnection(listener.accept());
          }

          @Override
          public void close() throws IOException {
            listener.close();
          }
        };
    ControlServer server = ControlServer.start(acceptor, handler, patienceMillis);
    open.add(server);
    return socket;
  }

  private record ChannelConnection(SocketChannel channel) implements Connection {
    @Override
    public InputStream in() {
      return new InputStream() {
        @Override
        public int read() {
          throw new UnsupportedOperationException();
        }

        @Override
        public int read(byte[] bytes, int offset, int length) throws IOException {
          return channel.read(ByteBuffer.wrap(bytes, offset, length));
        }
      };
    }

    @Override
    public OutputStream out() {
      return new OutputStream() {
        @Override
        public void write(int b) throws IOException {
          write(new byte[] {(byte) b}, 0, 1);
        }

        @Override
        public void write(byte[] bytes, int offset, int length) throws IOException {
          ByteBuffer buffer = ByteBuffer.wrap(bytes, offset, length);
          while (buffer.hasRemaining()) {
            channel.write(buffer);
          }
        }
      };
    }

    @Override
    public void close() {
      try {
        channel.close();
      } catch (IOException e) {
        throw new java.io.UncheckedIOException(e);
      }
    }
  }
}
