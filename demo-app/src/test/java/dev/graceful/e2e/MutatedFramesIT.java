package dev.graceful.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.graceful.demo.soak.ProcFigures;
import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * Frames that are almost right, by strangers on both sockets and by a worker that lies: no crash,
 * no hang, no growth. {@code -Dgraceful.frames=100000} for many, {@code -Dgraceful.frames.seed} to
 * replay.
 */
@Timeout(value = 15, unit = TimeUnit.MINUTES)
class MutatedFramesIT {
  private static final int FRAMES = Integer.getInteger("graceful.frames", 1_000);
  private static final long SEED = Long.getLong("graceful.frames.seed", System.nanoTime());

  @RegisterExtension final Workshop workshop = new Workshop();

  private final Random random = new Random(SEED);

  @Test
  void ofStrangersOnTheWorkersSocket() throws Exception {
    HexFormat hex = HexFormat.of();
    List<byte[]> good =
        List.of(
            hex.parseHex("000000160101000000010000000100000000000000010002" + "3137"),
            hex.parseHex("000000130103000000010400000000000000001f900000"),
            hex.parseHex("0000000e01080000000100020000000100000002"),
            hex.parseHex("000000020109"));
    strangers("worker.sock", good);
  }

  @Test
  void ofStrangersOnTheControlSocket() throws Exception {
    List<byte[]> good = new ArrayList<>();
    for (String line :
        List.of(
            "{\"command\":\"status\",\"arguments\":{}}",
            "{\"command\":\"releases\",\"arguments\":{\"a\":\"b\"}}",
            "{\"command\":\"nothing\",\"arguments\":{\"jar\":\"\\u0000/x\"}}")) {
      good.add((line + "\n").getBytes(StandardCharsets.UTF_8));
    }
    strangers("control.sock", good);
  }

  private void strangers(String socket, List<byte[]> good) throws Exception {
    GracefulProcess run = workshop.launch().serving(Jars.server("v1"), "v1");
    knock(run, socket, good, Math.min(500, FRAMES / 4));
    run.status();
    ProcFigures before = ProcFigures.of(run.pid());
    knock(run, socket, good, FRAMES);
    unharmed(run, before);
  }

  private void knock(GracefulProcess run, String socket, List<byte[]> good, int frames)
      throws IOException {
    UnixDomainSocketAddress address = UnixDomainSocketAddress.of(run.instanceDir().resolve(socket));
    ByteBuffer answer = ByteBuffer.allocate(16_384);
    for (int i = 0; i < frames; i++) {
      try (SocketChannel channel = SocketChannel.open(address)) {
        ByteBuffer bytes = ByteBuffer.wrap(mutated(good.get(random.nextInt(good.size()))));
        while (bytes.hasRemaining()) {
          channel.write(bytes);
        }
        channel.shutdownOutput();
        while (channel.read(answer.clear()) >= 0) {
          // until it hangs up
        }
      } catch (IOException e) {
        // it hung up before all was said
      }
    }
  }

  /** A few bytes other than they were, cut short, too long, or twice. */
  private byte[] mutated(byte[] good) {
    byte[] bytes = good.clone();
    for (int i = random.nextInt(4); i > 0; i--) {
      int at = random.nextInt(bytes.length);
      bytes[at] =
          random.nextBoolean()
              ? (byte) random.nextInt()
              : (byte) (bytes[at] ^ 1 << random.nextInt(8));
    }
    return switch (random.nextInt(5)) {
      case 0 -> Arrays.copyOf(bytes, random.nextInt(bytes.length));
      case 1 -> Arrays.copyOf(bytes, bytes.length + random.nextInt(100));
      case 2 -> {
        byte[] twice = Arrays.copyOf(bytes, 2 * bytes.length);
        System.arraycopy(bytes, 0, twice, bytes.length, bytes.length);
        yield twice;
      }
      default -> bytes;
    };
  }

  @Test
  void ofAWorkerThatLies() throws Exception {
    GracefulProcess run = workshop.launch().serving(Jars.server("v1"), "v1");
    lie(run, 500);
    run.status();
    assertThat(run.reload(Jars.server("v2")).exit()).isZero();
    run.awaitOneWorker();
    ProcFigures before = ProcFigures.of(run.pid());
    int generation = run.status().number("generation");
    lie(run, FRAMES);
    // whatever it said of itself, the next generation serves and it is gone
    Cli reload = run.reload(Jars.server("v3"));
    assertThat(reload.exit()).as(reload.toString()).isZero();
    Await.until("the liar is gone", () -> run.status().stateOf(generation).isEmpty());
    assertThat(run.get("/").version()).isEqualTo("v3");
    unharmed(run, before);
  }

  private void lie(GracefulProcess run, int frames) throws Exception {
    String question =
        "/lie?socket="
            + run.instanceDir().resolve("worker.sock")
            + "&frames="
            + frames
            + "&generation="
            + run.status().number("generation")
            + "&seed="
            + random.nextLong();
    assertThat(Integer.parseInt(run.get(question).text().strip())).isNotNegative();
  }

  private static void unharmed(GracefulProcess run, ProcFigures before) throws Exception {
    assertThat(run.alive()).as("seed " + SEED).isTrue();
    Status status = run.status();
    assertThat(status.text("state")).as("seed " + SEED).isEqualTo("serving");
    Await.until(
        "it holds no more than before",
        Await.PATIENCE,
        () -> {
          ProcFigures now = ProcFigures.of(run.pid());
          return now.descriptors() <= before.descriptors() + 2
              && now.threads() <= before.threads() + 4;
        },
        () -> before + ", seed " + SEED);
    ProcFigures after = ProcFigures.of(run.pid());
    System.out.println(FRAMES + " frames: " + before + " -> " + after);
    assertThat(after.rssKilobytes()).isLessThan(before.rssKilobytes() + 30_000);
    assertThat(run.err().all())
        .as("seed " + SEED)
        .noneMatch(line -> line.contains("internal error"));
  }
}
