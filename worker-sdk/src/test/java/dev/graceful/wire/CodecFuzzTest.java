package dev.graceful.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A frame is a message or is refused; nothing else may come of it. */
@Timeout(120)
class CodecFuzzTest {
  private static final int FRAMES = Integer.getInteger("graceful.frames", 100_000);
  private static final long SEED = Long.getLong("graceful.frames.seed", System.nanoTime());

  @Test
  void mutatedFramesAreMessagesOrRefused() throws Exception {
    Random random = new Random(SEED);
    List<byte[]> good = good();
    int messages = 0;
    int refused = 0;
    for (int i = 0; i < FRAMES; i++) {
      byte[] frame = good.get(random.nextInt(good.size())).clone();
      for (int flips = random.nextInt(5); flips > 0; flips--) {
        frame[random.nextInt(frame.length)] = (byte) random.nextInt();
      }
      if (random.nextInt(3) == 0) {
        frame = Arrays.copyOf(frame, random.nextInt(frame.length + 20));
      }
      try {
        assertThat(Codec.decode(frame)).isNotNull();
        messages++;
      } catch (WireException e) {
        refused++;
      } catch (RuntimeException | Error e) {
        fail("seed " + SEED + ", frame " + Arrays.toString(frame), e);
      }
    }
    assertThat(messages).isGreaterThan(FRAMES / 10);
    assertThat(refused).isGreaterThan(FRAMES / 10);
  }

  /** Each kind, without its length. */
  private static List<byte[]> good() throws Exception {
    InetSocketAddress four = new InetSocketAddress(InetAddress.getByName("127.0.0.1"), 8080);
    InetSocketAddress six = new InetSocketAddress(InetAddress.getByName("::1"), 8080);
    List<Message> messages =
        List.of(
            new Message.Hello(1, 2, 3, "17.0.1"),
            new Message.Welcome(1, 2),
            new Message.Listen(1, four, 50),
            new Message.Listen(1, six, 50),
            new Message.Listener(1, 2, six, Role.SHARED),
            new Message.Refused(1, 98),
            new Message.Unlisten(1),
            new Message.Reseat(1, Role.LAME, List.of(1, 2, 3)),
            new Message.Reseated(1, List.of(2)),
            new Message.Hold(),
            new Message.Drain(60_000),
            new Message.Hooks(7),
            new Message.Hook(1, HookPhase.AFTER, HookSignal.HUP),
            new Message.HookDone(1),
            new Message.Streams(),
            new Message.Backlog(1, 2),
            new Message.Pass(List.of(1)),
            new Message.Take());
    return messages.stream()
        .map(Codec::encode)
        .map(frame -> Arrays.copyOfRange(frame, Codec.HEADER, frame.length))
        .toList();
  }
}
