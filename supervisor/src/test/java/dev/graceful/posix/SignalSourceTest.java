package dev.graceful.posix;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.BufferedReader;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.FutureTask;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(300)
class SignalSourceTest {
  private static final String SIX = "HUP,INT,TERM,USR1,USR2,TSTP";

  private Process jvm;

  @AfterEach
  void end() {
    if (jvm != null) {
      jvm.destroyForcibly();
    }
  }

  private BufferedReader start(String how, String... environment) throws IOException {
    List<String> command = new ArrayList<>(List.of("env", "--block-signal=" + SIX));
    command.addAll(List.of(environment));
    String java = System.getProperty("java.home") + "/bin/java";
    String path = System.getProperty("java.class.path");
    command.addAll(List.of(java, "-Xrs", "-Xshare:auto", "-XX:TieredStopAtLevel=1", "-cp", path));
    command.addAll(List.of(BlockedSignals.class.getName(), how));
    jvm = new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
    return jvm.inputReader();
  }

  private void send(int signal) {
    long pid = jvm.pid();
    assertThat(NativeProcesses.signal(pid, ProcFs.startTime(pid).orElseThrow(), signal)).isTrue();
  }

  @Test
  void signalsFromBeforeTheSourceAndAfterItAreAllRead() throws Exception {
    BufferedReader out = start("take", "_JAVA_SR_SIGNUM=60");
    assertThat(out.readLine()).isEqualTo("blocked true");
    for (int early : new int[] {1, 2, 10, 12, 20}) {
      send(early);
    }
    jvm.outputWriter().append('x').flush();
    assertThat(out.readLine()).isEqualTo("open");
    List<String> early = new ArrayList<>();
    for (int i = 0; i < 5; i++) {
      early.add(out.readLine());
    }
    assertThat(early).containsExactlyInAnyOrder("HUP", "INT", "USR1", "USR2", "TSTP");
    for (int i = 0; i < 20; i++) {
      send(12);
      assertThat(out.readLine()).isEqualTo("USR2");
    }
    send(15);
    assertThat(out.readLine()).isEqualTo("TERM");
    assertThat(jvm.waitFor()).isZero();
  }

  @Test
  void hotSpotsOwnUseOfUsr2IsNoticed() throws Exception {
    assertThat(start("spawn").readLine()).isEqualTo("blocked false");
  }

  @Test
  void childrenOfSuchAProcessBlockAndIgnoreNothing() throws Exception {
    BufferedReader out = start("spawn", "--ignore-signal=TTIN,PIPE", "_JAVA_SR_SIGNUM=60");
    List<String> lines = out.lines().toList();
    assertThat(lines).startsWith("blocked true").endsWith("exited with 0");
    assertThat(lines).contains("SigBlk:\t0000000000000000", "SigIgn:\t0000000000000000");
  }

  @Test
  void closeEndsTake() throws Exception {
    SignalSource source = SignalSource.open();
    FutureTask<Object> take = new FutureTask<>(source::take);
    Thread taker = new Thread(take);
    taker.start();
    Await.until(() -> inNative(taker));
    source.close();
    assertThatThrownBy(take::get).hasCauseInstanceOf(IOException.class);
    assertThatThrownBy(source::take).isInstanceOf(IOException.class);
  }

  /** Whether a thread is inside a native call, as far as its stack tells. */
  static boolean inNative(Thread thread) {
    StackTraceElement[] stack = thread.getStackTrace();
    return stack.length > 0 && stack[0].isNativeMethod();
  }
}
