package dev.graceful.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.graceful.posix.Await;
import dev.graceful.posix.Descriptors;
import dev.graceful.posix.NativeProcesses.Exit;
import dev.graceful.posix.ProcFs;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Workers that are shell scripts; this process's standard streams are two files. */
@Timeout(300)
class WorkerProcessTest {
  @TempDir Path dir;

  private final CompletableFuture<Exit> exit = new CompletableFuture<>();
  private final List<WorkerProcess> workers = new ArrayList<>();
  private Path out;
  private Path err;
  private int stdout;
  private int stderr;
  private int nowhere;
  private SocketPair pair;

  @BeforeEach
  void streams() throws IOException {
    out = dir.resolve("stdout");
    err = dir.resolve("stderr");
    stdout = Descriptors.createForAppending(out);
    stderr = Descriptors.createForAppending(err);
    nowhere = Descriptors.openForWriting(Path.of("/dev/null"));
    pair = SocketPair.open(dir);
  }

  @AfterEach
  void end() throws Exception {
    workers.forEach(WorkerProcess::kill);
    workers.forEach(worker -> exit.join());
    pair.closeFar();
    // a descriptor must not be closed while a thread may still print to it
    Await.until(() -> Thread.getAllStackTraces().keySet().stream().noneMatch(this::isOurs));
    Descriptors.close(stdout);
    Descriptors.close(stderr);
    Descriptors.close(nowhere);
    pair.close();
  }

  private WorkerProcess start(int stdout, String script) throws IOException {
    LaunchSpec spec = new LaunchSpec(7, List.of("sh", "-c", script), ProcFs.environment(), dir);
    WorkerProcess worker =
        WorkerProcess.start(spec, exit::complete, Output.open(dir, 7, stdout, stderr));
    workers.add(worker);
    return worker;
  }

  private List<String> files() throws IOException {
    try (Stream<Path> all = Files.list(dir)) {
      return all.map(file -> file.getFileName().toString()).filter(f -> f.startsWith("g")).toList();
    }
  }

  private static long blocks(Path file) throws Exception {
    Process stat = new ProcessBuilder("stat", "-c", "%b", file.toString()).start();
    return Long.parseLong(stat.inputReader().readLine());
  }

  @Test
  void aFailedStartTellsItsLastLines() throws Exception {
    WorkerProcess worker = start(stdout, "seq 1 100; echo why >&2; printf 'no end'; exit 3");
    List<String> lines = exit.thenApply(done -> worker.output().lastLines()).get();
    assertThat(exit.get()).isEqualTo(new Exit(false, 3));
    assertThat(lines).hasSize(20).contains("why", "no end", "99").doesNotContain("80");
    assertThat(Files.readString(out)).startsWith("1\n2\n3\n").endsWith("100\nno end");
    assertThat(Files.readString(err)).isEqualTo("why\n");
    assertThat(files()).isEmpty();
    assertThat(worker.kill()).isFalse();
    assertThat(worker.terminate()).isFalse();
  }

  @Test
  void whatCannotStartLeavesNothing() throws Exception {
    LaunchSpec spec = new LaunchSpec(7, List.of("/no/such/java"), List.of(), dir);
    assertThatThrownBy(() -> WorkerProcess.start(spec, exit::complete))
        .hasMessageContaining("cannot start /no/such/java");
    assertThat(files()).isEmpty();
  }

  @Test
  void terminateAndKillReachIt() throws Exception {
    WorkerProcess worker =
        start(stdout, "trap 'echo bye; exit 0' TERM; echo up; while :; do sleep 0.01; done");
    Await.until(() -> worker.output().lastLines().contains("up"));
    assertThat(worker.terminate()).isTrue();
    assertThat(exit.get()).isEqualTo(new Exit(false, 0));
    assertThat(worker.output().lastLines()).contains("bye");
    assertThat(ProcFs.startTime(worker.pid())).isEmpty();
  }

  @Test
  void whatIsPrintedIntoTheFilesAfterTheHandoverIsCopiedToo() throws Exception {
    // stands for a child that the worker started before: it has the files for as long as it lives
    Path gate = dir.resolve("gate");
    WorkerProcess worker =
        start(stdout, "echo early; while [ ! -e " + gate + " ]; do sleep 0.01; done; echo late");
    Await.until(() -> Files.readString(out).equals("early\n"));
    assertThat(files()).hasSize(2);
    worker.output().handedOver();
    assertThat(files()).isEmpty();
    Files.createFile(gate);
    assertThat(exit.get()).isEqualTo(new Exit(false, 0));
    Await.until(() -> Files.readString(out).equals("early\nlate\n"));
  }

  private boolean isOurs(Thread thread) {
    return thread.getName().equals("output-g7");
  }

  @Test
  void theDiskIsNotFilled() throws Exception {
    start(nowhere, "head -c 200000000 /dev/zero; echo; echo last; exec sleep 1000");
    Path file = dir.resolve("g7.out");
    Await.until(() -> workers.get(0).output().lastLines().contains("last"));
    assertThat(Files.size(file)).isGreaterThan(200_000_000);
    Await.until(() -> blocks(file) * 512 < (4 << 20));
  }

  @Test
  void aReaderThatTakesNothingHoldsNobodyUp() throws Exception {
    WorkerProcess worker = start(pair.near, "yes | head -c 50000000; echo last; exec sleep 1000");
    Path file = dir.resolve("g7.out");
    Await.until(() -> worker.output().lastLines().contains("last"));
    Await.until(() -> blocks(file) * 512 <= Tail.MOST_WAITING + (2 << 20));
    worker.kill();
    assertThat(exit.get()).isEqualTo(new Exit(true, 9));
    // and when it reads again, it learns what it missed
    StringBuilder read = new StringBuilder();
    byte[] bytes = new byte[65536];
    while (read.indexOf("last\n") < 0) {
      int count = Descriptors.read(pair.far, bytes, 0, bytes.length);
      String text = new String(bytes, 0, count, StandardCharsets.US_ASCII);
      read.append(text.replace("y\n", ""));
    }
    assertThat(read).contains("bytes that a worker printed were not taken in time]");
  }

  @Test
  void aReaderThatIsGoneHarmsNobody() throws Exception {
    pair.closeFar();
    WorkerProcess worker = start(pair.near, "seq 1 100000; echo done");
    assertThat(exit.get()).isEqualTo(new Exit(false, 0));
    assertThat(worker.output().lastLines()).endsWith("100000", "done");
  }
}
