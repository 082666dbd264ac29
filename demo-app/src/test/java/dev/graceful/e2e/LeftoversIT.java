package dev.graceful.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.graceful.demo.soak.ProcFigures;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * After many swaps the supervisor holds what it held before. {@code -Dgraceful.swaps=200} makes it
 * as long as one likes.
 */
@Timeout(value = 20, unit = TimeUnit.MINUTES)
class LeftoversIT {
  private static final int SWAPS = Integer.getInteger("graceful.swaps", 20);
  private static final int WARM_UP = 5;

  @RegisterExtension final Workshop workshop = new Workshop();

  @Test
  void nothingIsLeftBehind() throws Exception {
    GracefulProcess run = workshop.launch().options("--keep", "2").serving(Jars.server("v0"), "v0");
    swap(run, 1, WARM_UP - 1);
    // made once, when there is a pause between two swaps
    FastStartIT.archive(run);
    swap(run, WARM_UP, WARM_UP);
    ProcFigures before = ProcFigures.of(run.pid());
    long filesBefore = files(run);
    swap(run, WARM_UP + 1, WARM_UP + SWAPS);
    // a connection of ours to the control socket may be closing still
    Await.until(
        "as many descriptors as before: " + before,
        Await.PATIENCE,
        () -> ProcFigures.of(run.pid()).descriptors() <= before.descriptors(),
        () -> names(run));
    Await.until(
        "as many threads as before: " + before,
        () -> ProcFigures.of(run.pid()).threads() <= before.threads());
    Await.until("as many files as before", () -> files(run) <= filesBefore);
    ProcFigures after = ProcFigures.of(run.pid());
    System.out.println(SWAPS + " swaps: " + before + " -> " + after);
    assertThat(after.rssKilobytes()).isLessThan(before.rssKilobytes() + 20_000);
    run.awaitOneWorker();
    Await.until("no zombie is left", () -> zombies(run.pid()).isEmpty());
    run.signal("TERM");
    assertThat(run.awaitExit()).isZero();
    run.awaitNobody();
  }

  private static void swap(GracefulProcess run, int from, int to) throws Exception {
    for (int i = from; i <= to; i++) {
      run.swap(Jars.server("v" + i), "v" + i);
      run.awaitOneWorker();
    }
  }

  private static long files(GracefulProcess run) throws IOException {
    while (true) {
      try (Stream<Path> tree = Files.walk(run.runDir())) {
        return tree.count();
      } catch (UncheckedIOException e) {
        // one was removed meanwhile: look again
      }
    }
  }

  private static String names(GracefulProcess run) {
    StringBuilder names = new StringBuilder();
    try (Stream<Path> list = Files.list(Path.of("/proc/" + run.pid() + "/fd"))) {
      for (Path fd : list.toList()) {
        names.append(fd.getFileName()).append("->").append(Files.readSymbolicLink(fd)).append(' ');
      }
    } catch (IOException e) {
      names.append(e);
    }
    return names.toString();
  }

  private static List<Long> zombies(long parent) {
    return ProcessHandle.of(parent).stream()
        .flatMap(ProcessHandle::children)
        .map(ProcessHandle::pid)
        .filter(pid -> !Program.alive(pid))
        .toList();
  }
}
