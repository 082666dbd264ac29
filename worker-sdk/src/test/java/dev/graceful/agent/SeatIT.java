package dev.graceful.agent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.graceful.wire.Message;
import dev.graceful.wire.Role;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Every kind of listener of the JDK takes its seat, and is moved, without noticing. */
@Timeout(600)
class SeatIT {
  @TempDir Path dir;

  static List<Arguments> servers() throws IOException {
    List<Arguments> all = new ArrayList<>();
    for (Path jdk : Program.jdks()) {
      for (String kind :
          List.of("selector", "channel", "socket", "timed-socket", "async", "http")) {
        all.add(Arguments.of(jdk, kind));
      }
      if (Program.feature(jdk.resolve("release")) >= 21) {
        all.add(Arguments.of(jdk, "virtual-channel"));
        all.add(Arguments.of(jdk, "virtual-socket"));
      }
    }
    return all;
  }

  @ParameterizedTest
  @MethodSource("servers")
  void takesAndChangesItsSeat(Path jdk, String kind) throws Exception {
    int port = Ports.free();
    String expected;
    try (WorkerProcess bare =
        WorkerProcess.start(jdk, List.of(), kind, "127.0.0.1", Integer.toString(port))) {
      expected = bare.await("BOUND ");
    }
    Program program = Program.layOut(dir.resolve("program"));
    try (FakeSupervisor supervisor = new FakeSupervisor(dir.resolve("s"));
        WorkerProcess worker =
            WorkerProcess.start(
                jdk,
                List.of(program.agentOption(supervisor.path, 3)),
                kind,
                "127.0.0.1",
                Integer.toString(port))) {
      assertThat(worker.await("BOUND ")).isEqualTo(expected);
      assertThat(supervisor.await(Message.Hello.class).generation()).isEqualTo(3);
      assertThat(supervisor.await(Message.Listen.class).address())
          .isEqualTo(new InetSocketAddress("127.0.0.1", port));
      assertThat(supervisor.await(Message.Backlog.class).backlog()).isEqualTo(17);

      int number = supervisor.only().number;
      int own = supervisor.only().privatePort();
      assertThat(get(own)).isEqualTo("ok");
      assertThat(get(own)).isEqualTo("ok");

      supervisor.reseat(Role.SHARED);
      assertThat(get(port)).isEqualTo("ok");
      assertThat(get(port)).isEqualTo("ok");
      assertThatThrownBy(() -> get(own)).isInstanceOf(IOException.class);

      supervisor.reseat(Role.LAME);
      try (Socket waiting = connect(port)) {
        waiting.setSoTimeout(200);
        assertThatThrownBy(() -> waiting.getInputStream().read()).isInstanceOf(IOException.class);

        // and back: what waited in the queue is answered
        supervisor.reseat(Role.SHARED);
        waiting.setSoTimeout(120_000);
        assertThat(answer(waiting)).isEqualTo("ok");
      }
      assertThat(get(port)).isEqualTo("ok");

      worker.tell("close");
      worker.await("CLOSED");
      assertThat(supervisor.await(Message.Unlisten.class).listener()).isEqualTo(number);
      if (kind.contains("socket") || kind.contains("channel")) {
        // the thread inside accept() is told
        worker.await("LEFT");
      }

      assertThat(worker.end()).isZero();
      supervisor.await(Message.Exiting.class);
      assertThat(worker.errors()).isEmpty();
      assertThat(worker.said()).doesNotContain("STOPPED");
    }
  }

  static Socket connect(int port) throws IOException {
    Socket socket = new Socket();
    socket.connect(new InetSocketAddress("127.0.0.1", port), 120_000);
    return socket;
  }

  static String get(int port) throws IOException {
    try (Socket socket = connect(port)) {
      socket.setSoTimeout(120_000);
      return answer(socket);
    }
  }

  static String answer(Socket socket) throws IOException {
    socket
        .getOutputStream()
        .write("GET / HTTP/1.1\r\nHost: x\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
    String all = new String(socket.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
    return all.substring(all.lastIndexOf('\n') + 1);
  }
}
