package dev.graceful.agent;

import static org.assertj.core.api.Assertions.assertThat;

import dev.graceful.wire.Errno;
import dev.graceful.wire.Message;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** A bind looks to the application as it does without us: compared with a bare JVM's output. */
@Timeout(600)
class BindIT {
  @TempDir Path dir;

  static List<Path> jdks() throws IOException {
    return Program.jdks();
  }

  @ParameterizedTest
  @MethodSource("jdks")
  void addressesAreThoseOfBareJava(Path jdk) throws Exception {
    String port = freePort();
    List<String> same = compare(jdk, List.of(), "addresses", port);
    assertThat(String.join("\n", same)).contains("::1", port, "Inet6Address", "Inet4Address");
  }

  @ParameterizedTest
  @MethodSource("jdks")
  void addressesAreThoseOfBareJavaWithoutIpv6(Path jdk) throws Exception {
    List<String> only4 = List.of("-Djava.net.preferIPv4Stack=true");
    assertThat(compare(jdk, only4, "addresses", freePort())).isNotEmpty();
  }

  @ParameterizedTest
  @MethodSource("jdks")
  void refusalsAreThoseOfBareJava(Path jdk) throws Exception {
    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getByName("127.0.0.1"))) {
      String port = Integer.toString(taken.getLocalPort());
      assertThat(String.join("\n", compare(jdk, List.of(), "one", "127.0.0.1", port)))
          .contains("java.net.BindException: Address already in use");
    }
    // TEST-NET-1 is nobody's
    assertThat(String.join("\n", compare(jdk, List.of(), "one", "192.0.2.1", freePort())))
        .contains("java.net.BindException: Cannot assign requested address");
  }

  @ParameterizedTest
  @MethodSource("jdks")
  void refusalsHaveTheSystemsReason(Path jdk) throws Exception {
    try (FakeSupervisor supervisor = new FakeSupervisor(dir.resolve("s"))) {
      supervisor.refusal = Errno.EACCES;
      assertThat(String.join("\n", run(jdk, supervised(supervisor), "one", "127.0.0.1", "80")))
          .contains("java.net.BindException: Permission denied");
    }
  }

  @ParameterizedTest
  @MethodSource("jdks")
  void otherSocketsAreLeftAlone(Path jdk) throws Exception {
    try (ServerSocket server = new ServerSocket(0, 10, InetAddress.getByName("127.0.0.1"));
        FakeSupervisor supervisor = new FakeSupervisor(dir.resolve("s"))) {
      String port = Integer.toString(server.getLocalPort());
      List<String> bare = run(jdk, List.of(), "others", port, freePort());
      assertThat(bare).containsExactly("true", "true", "true", "true", "true", "null");
      assertThat(run(jdk, supervised(supervisor), "others", port, freePort())).isEqualTo(bare);
      supervisor.settle();
      assertThat(supervisor.unread()).noneMatch(message -> message instanceof Message.Listen);
    }
  }

  @ParameterizedTest
  @MethodSource("jdks")
  void theApplicationSeesNothingOfTheAgent(Path jdk) throws Exception {
    assertThat(String.join("\n", compare(jdk, List.of(), "surroundings")))
        .contains("sun.nio.ch open: false", "ClassNotFoundException: com.kenai.jffi");
  }

  /** Runs the task bare and supervised, and expects the same lines. */
  private List<String> compare(Path jdk, List<String> options, String... task) throws Exception {
    List<String> bare = run(jdk, options, task);
    Path folder = dir.resolve("compare" + System.nanoTime());
    Files.createDirectory(folder);
    try (FakeSupervisor supervisor = new FakeSupervisor(folder.resolve("s"))) {
      List<String> all = new ArrayList<>(options);
      all.addAll(supervised(supervisor));
      assertThat(run(jdk, all, task)).isEqualTo(bare);
      supervisor.settle();
      assertThat(supervisor.listening()).isZero();
    }
    return bare;
  }

  private List<String> supervised(FakeSupervisor supervisor) throws Exception {
    Path program = dir.resolve("program" + System.nanoTime());
    return List.of(Program.layOut(program).agentOption(supervisor.path, 1));
  }

  private static List<String> run(Path jdk, List<String> options, String... task) throws Exception {
    try (WorkerProcess process = WorkerProcess.start(BindApp.class, jdk, options, task)) {
      List<String> lines = process.lines();
      assertThat(process.errors()).isEmpty();
      return lines;
    }
  }

  private static String freePort() throws IOException {
    return Integer.toString(Ports.free());
  }
}
