package dev.graceful.agent;

import static org.assertj.core.api.Assertions.assertThat;

import dev.graceful.wire.HookPhase;
import dev.graceful.wire.HookSignal;
import dev.graceful.wire.Message;
import dev.graceful.wire.Role;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What else passes between worker and supervisor in a worker's life. */
@Timeout(600)
class LifeIT {
  @TempDir Path dir;

  static List<Path> jdks() throws IOException {
    return Program.jdks();
  }

  private WorkerProcess start(Path jdk, FakeSupervisor supervisor, String... arguments)
      throws Exception {
    Program program = Program.layOut(dir.resolve("program"));
    return WorkerProcess.start(jdk, List.of(program.agentOption(supervisor.path, 7)), arguments);
  }

  @ParameterizedTest
  @MethodSource("jdks")
  void applicationTellsAndIsTold(Path jdk) throws Exception {
    try (FakeSupervisor supervisor = new FakeSupervisor(dir.resolve("s"));
        WorkerProcess worker = start(jdk, supervisor, "none", "*", "0")) {
      supervisor.await(Message.Hello.class);
      assertThat(ask(worker, "generation")).isEqualTo("7");
      assertThat(ask(worker, "state")).isEqualTo("INIT");
      assertThat(ask(worker, "nonsense")).isEqualTo("null");
      ask(worker, "hold");
      supervisor.await(Message.Hold.class);
      ask(worker, "ready");
      supervisor.await(Message.Ready.class);
      supervisor.send(new Message.Serving());
      ask(worker, "hook BEFORE HUP first");
      ask(worker, "hook BEFORE HUP bad");
      ask(worker, "hook BEFORE HUP last");
      ask(worker, "hook AFTER TSTP other");
      int mask = 0;
      while (Integer.bitCount(mask) < 2) {
        mask = supervisor.await(Message.Hooks.class).mask();
      }
      assertThat(mask)
          .isEqualTo(HookSignal.HUP.bit(HookPhase.BEFORE) | HookSignal.TSTP.bit(HookPhase.AFTER));

      supervisor.send(new Message.Hook(5, HookPhase.BEFORE, HookSignal.HUP));
      assertThat(supervisor.await(Message.HookDone.class).id()).isEqualTo(5);
      assertThat(List.of(worker.await("HOOK "), worker.await("HOOK "), worker.await("HOOK ")))
          .containsExactly("first", "bad", "last");
      assertThat(ask(worker, "state")).isEqualTo("RUNNING");

      ask(worker, "onDrain");
      supervisor.send(new Message.Drain(1_234));
      assertThat(worker.await("DRAIN ")).isEqualTo("1234");
      assertThat(ask(worker, "state")).isEqualTo("SHUTTING_DOWN");
      ask(worker, "onDrain");
      assertThat(Long.parseLong(worker.await("DRAIN "))).isBetween(0L, 1_234L);

      assertThat(worker.end()).isZero();
      supervisor.await(Message.Exiting.class);
      assertThat(worker.errors())
          .containsExactly(
              "graceful: a hook BEFORE HUP failed: java.lang.IllegalStateException: bad");
    }
  }

  private static String ask(WorkerProcess worker, String command) throws Exception {
    worker.tell("bridge " + command);
    return worker.await("ANSWER ");
  }

  @ParameterizedTest
  @MethodSource("jdks")
  void standardStreamsAreReplaced(Path jdk) throws Exception {
    Path out = Files.createFile(dir.resolve("out"));
    Path err = Files.createFile(dir.resolve("err"));
    try (FakeSupervisor supervisor = new FakeSupervisor(dir.resolve("s"));
        WorkerProcess worker = start(jdk, supervisor, "none", "*", "0")) {
      supervisor.await(Message.Hello.class);
      worker.tell("before");
      worker.await("before");
      try (OutputStream outFile = Files.newOutputStream(out);
          OutputStream errFile = Files.newOutputStream(err)) {
        supervisor.send(new Message.Streams(), descriptor(out), descriptor(err));
        outFile.flush();
        errFile.flush();
      }
      // told on the same connection, so done after it
      supervisor.send(new Message.Hook(1, HookPhase.AFTER, HookSignal.INT));
      supervisor.await(Message.HookDone.class);
      worker.tell("after");
      assertThat(worker.end()).isZero();
      assertThat(Files.readString(out)).isEqualTo("after\n");
      assertThat(Files.readString(err)).isEqualTo("after\n");
      assertThat(worker.errors()).containsExactly("before");
    }
  }

  /** The number under which this process has {@code file} open. */
  private static int descriptor(Path file) throws IOException {
    try (Stream<Path> all = Files.list(Path.of("/proc/self/fd"))) {
      for (Path link : (Iterable<Path>) all::iterator) {
        if (Files.exists(link) && Files.isSameFile(link, file)) {
          return Integer.parseInt(link.getFileName().toString());
        }
      }
    }
    throw new AssertionError(file + " is not open");
  }

  @ParameterizedTest
  @MethodSource("jdks")
  void supervisorVanishesAndComesBack(Path jdk) throws Exception {
    String port = freePort();
    Path path = dir.resolve("s");
    FakeSupervisor first = new FakeSupervisor(path);
    try (WorkerProcess worker = start(jdk, first, "selector", "127.0.0.1", port)) {
      worker.await("BOUND ");
      first.await(Message.Backlog.class);
      first.reseat(Role.SHARED);
      assertThat(greeting(port)).isEqualTo('H');
      first.close();
      Files.delete(path);
      // the seat stays what it was
      assertThat(greeting(port)).isEqualTo('H');
      // and a bind waits for the next one
      String other = freePort();
      worker.tell("open channel 127.0.0.1 " + other);
      try (FakeSupervisor second = new FakeSupervisor(path)) {
        assertThat(second.await(Message.Hello.class).generation()).isEqualTo(7);
        // which is told what the worker has
        Message.Seated seated = second.await(Message.Seated.class);
        assertThat(seated.role()).isEqualTo(Role.SHARED);
        assertThat(seated.address().getPort()).isEqualTo(Integer.parseInt(port));
        assertThat(second.await(Message.SeatsTold.class).formerPorts()).isEmpty();
        assertThat(worker.await("BOUND ")).contains(":" + other);
        second.await(Message.Listen.class);
        second.reseat(Role.SHARED);
        assertThat(greeting(other)).isEqualTo('H');
        // and once more, by a supervisor that only hangs up
        second.hangUp();
        second.await(Message.Hello.class);
        assertThat(greeting(other)).isEqualTo('H');
        assertThat(worker.end()).isZero();
      }
      assertThat(worker.errors()).isEmpty();
    } finally {
      first.close();
    }
  }

  @ParameterizedTest
  @MethodSource("jdks")
  void hundredListenersAreChangedAtOnce(Path jdk) throws Exception {
    try (FakeSupervisor supervisor = new FakeSupervisor(dir.resolve("s"));
        WorkerProcess worker = start(jdk, supervisor, "none", "*", "0")) {
      String[] ports = new String[100];
      for (int i = 0; i < ports.length; i++) {
        ports[i] = freePort();
        worker.tell("open " + (i % 2 == 0 ? "selector" : "socket") + " 127.0.0.1 " + ports[i]);
        worker.await("BOUND ");
      }
      supervisor.reseat(Role.SHARED);
      for (String port : ports) {
        assertThat(greeting(port)).isEqualTo('H');
      }
      supervisor.reseat(Role.LAME);
      supervisor.reseat(Role.SHARED);
      for (String port : ports) {
        assertThat(greeting(port)).isEqualTo('H');
      }
      assertThat(worker.end()).isZero();
      assertThat(worker.errors()).isEmpty();
    }
  }

  @ParameterizedTest
  @MethodSource("jdks")
  void secondBindOfAnAddressIsRefused(Path jdk) throws Exception {
    String port = freePort();
    try (FakeSupervisor supervisor = new FakeSupervisor(dir.resolve("s"));
        WorkerProcess worker = start(jdk, supervisor, "channel", "127.0.0.1", port)) {
      worker.await("BOUND ");
      worker.tell("open socket 127.0.0.1 " + port);
      assertThat(worker.await("FAILED "))
          .isEqualTo("java.net.BindException: Address already in use");
      supervisor.reseat(Role.SHARED);
      assertThat(greeting(port)).isEqualTo('H');
      assertThat(supervisor.unread()).noneMatch(m -> m instanceof Message.Unlisten);
    }
  }

  @ParameterizedTest
  @MethodSource("jdks")
  void agentThatCannotWorkStepsAside(Path jdk) throws Exception {
    String port = freePort();
    Program program = Program.layOut(dir.resolve("program"));
    Path nowhere = dir.resolve("nowhere.so");
    String option = program.agentOption(dir.resolve("s"), 1) + ";native=" + nowhere;
    try (WorkerProcess worker =
        WorkerProcess.start(jdk, List.of(option), "http", "127.0.0.1", port)) {
      worker.await("BOUND ");
      assertThat(worker.end()).isZero();
      assertThat(worker.errors()).hasSize(1);
      assertThat(worker.errors().get(0)).contains("runs unsupervised", nowhere.toString());
    }
    try (WorkerProcess worker =
        WorkerProcess.start(
            jdk, List.of(option.replaceAll("=socket.*", "=x")), "http", "127.0.0.1", port)) {
      worker.await("BOUND ");
      assertThat(worker.end()).isZero();
      assertThat(worker.errors()).hasSize(1);
      assertThat(worker.errors().get(0)).contains("runs unsupervised", "'x'");
    }
  }

  private static String freePort() throws IOException {
    return Integer.toString(Ports.free());
  }

  private static int greeting(String port) throws IOException {
    try (Socket socket = new Socket()) {
      InetAddress host = InetAddress.getByName("127.0.0.1");
      socket.connect(new InetSocketAddress(host, Integer.parseInt(port)), 120_000);
      socket.setSoTimeout(120_000);
      socket.getOutputStream().write("GET / HTTP/1.1\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
      return socket.getInputStream().read();
    }
  }
}
