package dev.graceful.posix;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.graceful.posix.NativeProcesses.Exit;
import dev.graceful.posix.NativeProcesses.Spec;
import dev.graceful.wire.Errno;
import dev.graceful.wire.ErrnoException;
import dev.graceful.wire.LibC;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(300)
class NativeProcessesTest {
  private static final int F_DUPFD = 0;

  @TempDir Path dir;

  private final List<Long> running = new ArrayList<>();

  @AfterEach
  void end() throws IOException {
    for (long pid : running) {
      NativeProcesses.signal(pid, ProcFs.startTime(pid).orElseThrow(), Signals.KILL);
      NativeProcesses.waitFor(pid);
    }
  }

  private long sleeper() throws IOException {
    long pid = spawn(-1, "sleep", "1000");
    running.add(pid);
    return pid;
  }

  private static long spawn(int stdout, String... command) throws IOException {
    return NativeProcesses.spawn(new Spec(List.of(command), ProcFs.environment(), stdout, stdout));
  }

  private static List<String> descriptors(String process) throws IOException {
    try (Stream<Path> all = Files.list(Path.of("/proc", process, "fd"))) {
      return all.map(fd -> fd.getFileName().toString()).toList();
    }
  }

  @Test
  void childHasASessionOfItsOwnAndNothingOfOurs() throws Exception {
    int leaky = LibC.fcntl(0, F_DUPFD, 100);
    try {
      assertThat(LibC.fcntl(leaky, LibC.F_GETFD, 0)).isZero();
      long pid = sleeper();
      // its loader has a library open for a moment; what leaked would stay
      Await.until(() -> descriptors("" + pid).size() == 3);
      assertThat(descriptors("" + pid)).containsExactlyInAnyOrder("0", "1", "2");
      assertThat(Files.readSymbolicLink(Path.of("/proc/" + pid + "/fd/0")))
          .isEqualTo(Files.readSymbolicLink(Path.of("/proc/self/fd/0")));
      List<String> status = Files.readAllLines(Path.of("/proc/" + pid + "/status"));
      assertThat(status)
          .contains("SigBlk:\t0000000000000000", "SigIgn:\t0000000000000000")
          .contains("NSsid:\t" + pid);
      assertThat(LibC.fcntl(leaky, LibC.F_GETFD, 0)).isEqualTo(LibC.FD_CLOEXEC);
    } finally {
      LibC.close(leaky);
    }
  }

  @Test
  void environmentAndOutputPassUnchanged() throws Exception {
    byte[] raw = {'X', '=', (byte) 0xff, (byte) 0xfe, '=', '\n', (byte) 0xc3};
    Path file = dir.resolve("out");
    int fd = Descriptors.createForAppending(file);
    Spec spec =
        new Spec(List.of("cat", "/proc/self/environ"), List.of(raw, new byte[] {'Y', '='}), fd, -1);
    Exit exit = NativeProcesses.waitFor(NativeProcesses.spawn(spec));
    Descriptors.close(fd);
    assertThat(exit).isEqualTo(new Exit(false, 0));
    byte[] expected = Arrays.copyOf(raw, raw.length + 4);
    expected[raw.length + 1] = 'Y';
    expected[raw.length + 2] = '=';
    assertThat(Files.readAllBytes(file)).isEqualTo(expected);
    assertThat(Files.getPosixFilePermissions(file)).hasSize(2);
  }

  @Test
  void ownEnvironmentIsReadAsItIs() {
    assertThat(ProcFs.environment("A=1\0\0B=x=y\0".getBytes(StandardCharsets.US_ASCII)))
        .extracting(bytes -> new String(bytes, StandardCharsets.US_ASCII))
        .containsExactly("A=1", "B=x=y");
    assertThat(ProcFs.environment()).hasSameSizeAs(System.getenv().entrySet());
  }

  @Test
  void whatCannotStartSaysWhy() {
    assertThatThrownBy(() -> spawn(-1, "/no/such/java"))
        .hasMessage("cannot start /no/such/java: No such file or directory");
    assertThatThrownBy(() -> spawn(-1, dir.toString()))
        .isInstanceOfSatisfying(
            ErrnoException.class, e -> assertThat(e.errno()).isEqualTo(Errno.EACCES));
  }

  @Test
  void exitsAreTold() throws Exception {
    assertThat(NativeProcesses.waitFor(spawn(-1, "sh", "-c", "exit 3")).describe())
        .isEqualTo("exited with 3");
    assertThat(NativeProcesses.waitFor(spawn(-1, "sh", "-c", "kill -KILL $$")).describe())
        .isEqualTo("was killed by signal 9 (KILL)");
  }

  @Test
  void onlyTheProcessThatIsMeantIsSignalled() throws Exception {
    long pid = sleeper();
    long startTime = ProcFs.startTime(pid).orElseThrow();
    assertThat(NativeProcesses.signal(pid, startTime - 1, Signals.KILL)).isFalse();
    assertThat(NativeProcesses.isAlive(pid, startTime)).isTrue();
    assertThat(NativeProcesses.signal(pid, startTime, Signals.TERM)).isTrue();
    Await.until(() -> ProcFs.isZombie(pid));
    assertThat(NativeProcesses.signal(pid, startTime, Signals.KILL)).isFalse();
    running.clear();
    assertThat(NativeProcesses.waitFor(pid)).isEqualTo(new Exit(true, Signals.TERM));
    assertThat(ProcFs.startTime(pid)).isEmpty();
    assertThat(NativeProcesses.signal(pid, startTime, Signals.KILL)).isFalse();
    assertThatThrownBy(() -> NativeProcesses.waitFor(pid))
        .isInstanceOfSatisfying(
            ErrnoException.class, e -> assertThat(e.errno()).isEqualTo(Errno.ECHILD));
  }

  @Test
  void manySpawnsLeaveNothing() throws Exception {
    NativeProcesses.waitFor(spawn(-1, "true"));
    int before = descriptors("self").size();
    for (int i = 0; i < 200; i++) {
      long pid = spawn(-1, i % 2 == 0 ? "true" : "false");
      assertThat(NativeProcesses.waitFor(pid)).isEqualTo(new Exit(false, i % 2));
      assertThat(ProcFs.startTime(pid)).isEmpty();
    }
    // what others in this JVM have open comes and goes
    Await.until(() -> descriptors("self").size() <= before);
  }
}
