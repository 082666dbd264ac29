package dev.graceful.agent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.graceful.wire.Message;
import dev.graceful.wire.Role;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Listeners of Netty take their seats and are moved without noticing, native ones too. */
@Timeout(600)
class NettyIT {
  @TempDir Path dir;

  static List<Arguments> servers() throws IOException {
    List<Arguments> all = new ArrayList<>();
    for (Path jdk : Program.jdks()) {
      for (Netty netty : Netty.values()) {
        all.add(Arguments.of(jdk, netty, "epoll", "127.0.0.1"));
      }
      all.add(Arguments.of(jdk, Netty.V42, "epoll", "*"));
      all.add(Arguments.of(jdk, Netty.V41, "epoll", "::1"));
      all.add(Arguments.of(jdk, Netty.V41, "reuseport", "127.0.0.1"));
      all.add(Arguments.of(jdk, Netty.V42, "reuseport", "127.0.0.1"));
      all.add(Arguments.of(jdk, Netty.V41, "nio", "127.0.0.1"));
      all.add(Arguments.of(jdk, Netty.V42, "nio", "127.0.0.1"));
    }
    return all;
  }

  static List<Path> jdks() throws IOException {
    return Program.jdks();
  }

  @ParameterizedTest
  @MethodSource("servers")
  void takesAndChangesItsSeat(Path jdk, Netty netty, String kind, String host) throws Exception {
    int port = Ports.free();
    String expected;
    try (WorkerProcess bare = start(jdk, List.of(), netty, kind, host, port)) {
      expected = bare.await("BOUND ");
    }
    try (FakeSupervisor supervisor = new FakeSupervisor(dir.resolve("s"));
        WorkerProcess worker = start(jdk, agent(supervisor), netty, kind, host, port)) {
      assertThat(worker.await("BOUND ")).isEqualTo(expected);
      InetSocketAddress asked = supervisor.await(Message.Listen.class).address();
      assertThat(asked.getPort()).isEqualTo(port);
      assertThat(supervisor.await(Message.Backlog.class).backlog()).isEqualTo(17);

      int own = supervisor.only().privatePort();
      assertThat(SeatIT.get(own)).isEqualTo("ok");
      assertThat(SeatIT.get(own)).isEqualTo("ok");

      supervisor.reseat(Role.SHARED);
      for (int i = 0; i < 20; i++) {
        assertThat(get(host, port)).isEqualTo("ok");
      }
      assertThatThrownBy(() -> SeatIT.get(own)).isInstanceOf(IOException.class);

      supervisor.reseat(Role.LAME);
      try (Socket waiting = connect(host, port)) {
        waiting.setSoTimeout(200);
        assertThatThrownBy(() -> waiting.getInputStream().read()).isInstanceOf(IOException.class);

        // and back: what waited in the queue is answered
        supervisor.reseat(Role.SHARED);
        waiting.setSoTimeout(120_000);
        assertThat(SeatIT.answer(waiting)).isEqualTo("ok");
      }
      assertThat(get(host, port)).isEqualTo("ok");

      int listener = supervisor.only().number;
      worker.tell("close");
      worker.await("CLOSED");
      assertThat(supervisor.await(Message.Unlisten.class).listener()).isEqualTo(listener);
      assertThatThrownBy(() -> get(host, port)).isInstanceOf(IOException.class);
      assertThat(worker.end()).isZero();
      assertThat(ours(worker)).isEmpty();
      assertThat(worker.said()).doesNotContain("STOPPED");
    }
  }

  @ParameterizedTest
  @MethodSource("jdks")
  void aRefusedBindFailsAsItDoesBare(Path jdk) throws Exception {
    for (Netty netty : Netty.values()) {
      try (ServerSocket taken = new ServerSocket(0)) {
        int port = taken.getLocalPort();
        String expected;
        try (WorkerProcess bare = start(jdk, List.of(), netty, "epoll", "127.0.0.1", port)) {
          expected = bare.await("FAILED ");
        }
        assertThat(expected).contains("Address already in use");
        try (FakeSupervisor supervisor = new FakeSupervisor(dir.resolve("s" + netty));
            WorkerProcess worker =
                start(jdk, agent(supervisor), netty, "epoll", "127.0.0.1", port)) {
          assertThat(worker.await("FAILED ")).isEqualTo(expected);
          assertThat(supervisor.await(Message.Listen.class).address().getPort()).isEqualTo(port);
          assertThat(worker.end()).isZero();
          assertThat(ours(worker)).isEmpty();
        }
      }
    }
  }

  /** Datagrams, Unix domain sockets, port 0 and a client that binds are the application's own. */
  @ParameterizedTest
  @MethodSource("jdks")
  void otherSocketsAreLeftAlone(Path jdk) throws Exception {
    int port = Ports.free();
    try (FakeSupervisor supervisor = new FakeSupervisor(dir.resolve("s"));
        WorkerProcess worker =
            start(jdk, agent(supervisor), Netty.V41, "others", "127.0.0.1", port)) {
      assertThat(worker.await("BOUND ")).startsWith("/127.0.0.1:" + port + "=");
      worker.tell("close");
      worker.await("CLOSED");
      assertThat(worker.end()).isZero();
      supervisor.await(Message.Hello.class);
      supervisor.await(Message.Exiting.class);
      assertThat(supervisor.unread()).noneMatch(Message.Listen.class::isInstance);
      assertThat(ours(worker)).isEmpty();
    }
  }

  @ParameterizedTest
  @MethodSource("jdks")
  void ioUringIsLeftAloneWithAWord(Path jdk) throws Exception {
    int port = Ports.free();
    try (WorkerProcess bare = start(jdk, List.of(), Netty.V42, "io_uring", "127.0.0.1", port)) {
      assumeTrue(bounds(bare), "no io_uring on this machine");
    }
    try (FakeSupervisor supervisor = new FakeSupervisor(dir.resolve("s"));
        WorkerProcess worker =
            start(jdk, agent(supervisor), Netty.V42, "io_uring", "127.0.0.1", port)) {
      worker.await("BOUND ");
      assertThat(SeatIT.get(port)).isEqualTo("ok");
      assertThat(worker.end()).isZero();
      assertThat(ours(worker)).singleElement().asString().contains("io_uring").contains("epoll");
      supervisor.await(Message.Exiting.class);
    }
  }

  private static boolean bounds(WorkerProcess worker) throws InterruptedException {
    try {
      worker.await("BOUND ");
      return true;
    } catch (AssertionError e) {
      return false;
    }
  }

  private List<String> agent(FakeSupervisor supervisor) throws Exception {
    Path folder = dir.resolve("program-" + supervisor.path.getFileName());
    return List.of(Program.layOut(folder).agentOption(supervisor.path, 1));
  }

  private WorkerProcess start(
      Path jdk, List<String> options, Netty netty, String kind, String host, int port)
      throws IOException {
    String classPath = netty.classPath(dir.resolve("app"));
    return WorkerProcess.launch(
        List.of(),
        jdk,
        options,
        List.of(
            classPath,
            NettyApp.class.getName(),
            kind,
            host,
            Integer.toString(port),
            dir.resolve("unix" + (options.isEmpty() ? 0 : 1)).toString()));
  }

  /** What the agent itself printed; Netty has warnings of its own on new JDKs. */
  private static List<String> ours(WorkerProcess worker) {
    return worker.errors().stream().filter(line -> line.startsWith("graceful: ")).toList();
  }

  private static Socket connect(String host, int port) throws IOException {
    Socket socket = new Socket();
    socket.connect(new InetSocketAddress(host.equals("*") ? "127.0.0.1" : host, port), 5_000);
    return socket;
  }

  private static String get(String host, int port) throws IOException {
    try (Socket socket = connect(host, port)) {
      socket.setSoTimeout(120_000);
      return SeatIT.answer(socket);
    }
  }
}
