package dev.graceful.agent;

import static org.assertj.core.api.Assertions.assertThat;

import dev.graceful.wire.HookPhase;
import dev.graceful.wire.HookSignal;
import dev.graceful.wire.LibC;
import dev.graceful.wire.Message;
import dev.graceful.wire.Role;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * A supervisor that says anything at all, in well-formed messages with descriptors that do not
 * belong to them: the application serves on, and nothing grows in it. Messages that are not
 * well-formed end the connection, and the worker comes again. {@code -Dgraceful.frames=100000} for
 * many.
 */
@Timeout(value = 10, unit = TimeUnit.MINUTES)
class LyingSupervisorIT {
  private static final int FRAMES = Integer.getInteger("graceful.frames", 5_000);
  private static final long SEED = Long.getLong("graceful.frames.seed", System.nanoTime());

  @TempDir Path dir;

  private final Random random = new Random(SEED);

  @Test
  void theApplicationServesOn() throws Exception {
    Program program = Program.layOut(dir.resolve("program"));
    Path jdk = Program.jdks().get(0);
    try (FakeSupervisor supervisor = new FakeSupervisor(dir.resolve("s"));
        WorkerProcess worker =
            WorkerProcess.start(
                jdk,
                List.of(program.agentOption(supervisor.path, 3), "-Xmx64m"),
                "http",
                "127.0.0.1",
                Integer.toString(Ports.free()))) {
      supervisor.await(Message.Listen.class);
      worker.await("BOUND ");
      supervisor.reseat(Role.SHARED);
      int port = supervisor.only().address.getPort();
      lies(supervisor, 1_000);
      settle(supervisor);
      int before = descriptors(worker);
      lies(supervisor, FRAMES);
      settle(supervisor);
      int after = descriptors(worker);
      System.out.println(FRAMES + " lies: " + before + " -> " + after + " descriptors");
      assertThat(after).as("seed " + SEED).isLessThanOrEqualTo(before + 4);
      assertThat(SeatIT.get(port)).as("seed " + SEED).isEqualTo("ok");
      malformed(supervisor);
      assertThat(SeatIT.get(port)).as("seed " + SEED).isEqualTo("ok");
      assertThat(worker.end()).isZero();
    }
  }

  private void lies(FakeSupervisor supervisor, int count) throws Exception {
    int nothing = LibC.socket(LibC.AF_UNIX, LibC.SOCK_STREAM | LibC.SOCK_CLOEXEC, 0);
    try {
      for (int i = 0; i < count; i++) {
        Message message = lie(supervisor.only().number);
        int most = message instanceof Message.Streams ? 2 : 4; // ours would be gone
        int[] descriptors = new int[random.nextInt(most)];
        Arrays.fill(descriptors, nothing);
        supervisor.send(message, real(message, supervisor) ? new int[0] : descriptors);
      }
    } finally {
      LibC.close(nothing);
    }
  }

  /** What would break the seat if it were obeyed: a supervisor may do that. */
  private static boolean real(Message message, FakeSupervisor supervisor) {
    return message instanceof Message.Reseat m && m.listeners().contains(supervisor.only().number);
  }

  private Message lie(int real) {
    int small = random.nextInt(16);
    int any = random.nextInt();
    List<Integer> listeners = new ArrayList<>();
    for (int i = random.nextInt(4); i > 0; i--) {
      listeners.add(random.nextInt(5) == 0 ? real : 1_000_000 + random.nextInt(5));
    }
    Role role = Role.values()[random.nextInt(Role.values().length)];
    return switch (random.nextInt(14)) {
      case 0 -> new Message.Welcome(small, any);
      case 1 -> new Message.Hello(1, 2, 3, "4");
      case 2 -> new Message.Listen(small, address(), any);
      case 3 -> new Message.Listener(small, any, address(), role);
      case 4 -> new Message.Refused(small, any);
      case 5 -> new Message.Reseat(any, role, listeners);
      case 6 -> new Message.Serving();
      case 7 -> new Message.Drain(any);
      case 8 ->
          new Message.Hook(
              any,
              HookPhase.values()[random.nextInt(2)],
              HookSignal.values()[random.nextInt(HookSignal.values().length)]);
      case 9 -> new Message.Streams();
      case 10 -> new Message.Pass(listeners);
      case 11 -> new Message.Take();
      case 12 -> new Message.Unknown(100 + small);
      default -> new Message.Reseated(any, listeners);
    };
  }

  private InetSocketAddress address() {
    return new InetSocketAddress(InetAddress.getLoopbackAddress(), random.nextInt(65_536));
  }

  /** A frame whose fields are missing: the worker hangs up, and comes again. */
  private static void malformed(FakeSupervisor supervisor) throws Exception {
    supervisor.nextConnection();
    for (int kind : new int[] {3, 7, 14}) {
      supervisor.send(new Message.Unknown(kind));
      supervisor.nextConnection();
    }
    supervisor.await(Message.Hello.class);
  }

  /** All that was said has been dealt with: what is asked last is answered last. */
  private static void settle(FakeSupervisor supervisor) throws Exception {
    supervisor.send(new Message.Reseat(-42, Role.LAME, List.of()));
    while (supervisor.await(Message.Reseated.class).sequence() != -42) {
      // those before it
    }
  }

  /** The threads that lies have started may still be at work. */
  private static int descriptors(WorkerProcess worker) throws Exception {
    int least = Integer.MAX_VALUE;
    for (int i = 0; i < 10; i++) {
      try (Stream<Path> all = Files.list(Path.of("/proc", "" + worker.pid(), "fd"))) {
        least = Math.min(least, (int) all.count());
      }
      Thread.sleep(20); // between two looks
    }
    return least;
  }
}
