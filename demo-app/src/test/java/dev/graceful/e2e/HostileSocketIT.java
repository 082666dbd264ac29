package dev.graceful.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Nonsense on the supervisor's sockets is refused and harms nothing. */
@Timeout(value = 10, unit = TimeUnit.MINUTES)
class HostileSocketIT {
  @RegisterExtension static final Workshop workshop = new Workshop();

  private static GracefulProcess run;
  private static int version = 1;

  @BeforeAll
  static void start() throws Exception {
    run = workshop.launch().serving(Jars.server("v1"), "v1");
  }

  static List<byte[]> nonsense() {
    byte[] random = new byte[4096];
    new Random(42).nextBytes(random);
    byte[] endless = new byte[256 * 1024];
    java.util.Arrays.fill(endless, (byte) 'x');
    return List.of(
        new byte[0],
        new byte[] {0, 0, 0},
        new byte[] {0, 0, 0, 0},
        new byte[] {0x7f, -1, -1, -1, 1, 1},
        new byte[] {-1, -1, -1, -1, 1, 1},
        new byte[] {0, 0, 0, 40, 1, 1, 0, 0},
        new byte[] {0, 0, 0, 3, 1, 3, 9},
        "{\"command\":\"status\"".getBytes(StandardCharsets.UTF_8),
        "{\"command\":\"dance\"}\n".getBytes(StandardCharsets.UTF_8),
        "[[[[[[[[\n".getBytes(StandardCharsets.UTF_8),
        "GET / HTTP/1.1\r\n\r\n".getBytes(StandardCharsets.UTF_8),
        random,
        endless);
  }

  @ParameterizedTest
  @MethodSource("nonsense")
  void nonsenseOnTheWorkersSocket(byte[] bytes) throws Exception {
    say("worker.sock", bytes);
    assertUnharmed();
  }

  @ParameterizedTest
  @MethodSource("nonsense")
  void nonsenseOnTheControlSocket(byte[] bytes) throws Exception {
    say("control.sock", bytes);
    assertUnharmed();
  }

  @Test
  void manySilentClientsBlockNobody() throws Exception {
    List<SocketChannel> clients = new ArrayList<>();
    try {
      for (int i = 0; i < 50; i++) {
        clients.add(connect(i % 2 == 0 ? "worker.sock" : "control.sock"));
      }
      assertUnharmed();
      version++;
      Cli reload = run.reload(Jars.server("v" + version));
      assertThat(reload.exit()).as(reload.toString()).isZero();
    } finally {
      for (SocketChannel client : clients) {
        client.close();
      }
    }
    assertUnharmed();
  }

  @Test
  void onlyTheUserMayUseTheSockets() throws IOException {
    for (String socket : List.of("worker.sock", "control.sock")) {
      Path path = run.instanceDir().resolve(socket);
      assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(path)))
          .matches("rw.------");
    }
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(run.instanceDir())))
        .isEqualTo("rwx------");
  }

  private static SocketChannel connect(String socket) throws IOException {
    return SocketChannel.open(UnixDomainSocketAddress.of(run.instanceDir().resolve(socket)));
  }

  /** Says it, says no more, and reads what comes until the other side hangs up. */
  private static void say(String socket, byte[] bytes) throws IOException {
    try (SocketChannel client = connect(socket)) {
      ByteBuffer buffer = ByteBuffer.wrap(bytes);
      try {
        while (buffer.hasRemaining()) {
          client.write(buffer);
        }
        client.shutdownOutput();
        ByteBuffer answer = ByteBuffer.allocate(8192);
        while (client.read(answer) >= 0) {
          answer.clear();
        }
      } catch (IOException e) {
        // it hung up before we had finished: as good
      }
    }
  }

  private static void assertUnharmed() throws Exception {
    assertThat(run.alive()).isTrue();
    assertThat(run.get("/").version()).isEqualTo("v" + version);
    assertThat(run.status().text("state")).isEqualTo("serving");
    // the one before may still be ending
    Await.until("there is one worker", () -> run.status().workers().size() == 1);
  }
}
