package dev.graceful.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.graceful.demo.soak.Load;
import dev.graceful.demo.soak.Tally;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Back to the release that was good: by hand, and by itself. */
@Timeout(value = 10, unit = TimeUnit.MINUTES)
class RollbackIT {
  @RegisterExtension final Workshop workshop = new Workshop();

  @Test
  void byHand() throws Exception {
    GracefulProcess run = workshop.launch().options("--keep", "1").serving(Jars.server("v1"), "v1");
    String first = run.status().text("release");
    assertThat(run.cli("rollback").said()).contains("no other release has served here");
    assertThat(run.cli("rollback").exit()).isEqualTo(1);
    // v2 listens where v1 does not: to go back is no reason to ask v1 for that
    String ports = "ports=" + run.port() + "," + Ports.free();
    assertThat(run.reload(Jars.server("v2", "sdk=hold", ports)).exit()).isZero();
    assertThat(run.status().listeners()).hasSize(2);
    String second = run.status().text("release");
    assertThat(listed(run, first)).contains(" good ").contains("(rollback)");
    assertThat(listed(run, second)).contains(" good ").contains("g2 serving");
    try (Load load = Load.start(run.load(2))) {
      load.awaitMore(10, 120_000);
      Cli rollback = run.cli("rollback");
      assertThat(rollback.exit()).as(rollback.toString()).isZero();
      assertThat(rollback.said()).contains("g3 serves").contains(first);
      load.awaitMore(20, 120_000);
      Tally tally = load.stop();
      assertThat(tally.failures()).as(tally.toString()).isEmpty();
      assertThat(tally.versions()).containsOnlyKeys("v1", "v2");
    }
    assertThat(run.get("/").version()).isEqualTo("v1");
    assertThat(run.status().lastReload().get("verdict")).isEqualTo("ok");
    assertThat(listed(run, first)).contains(" good ").contains("g3 serving");
    assertThat(listed(run, second)).contains(" bad ");
    // there is nothing before that, and the next reload takes the jar again
    assertThat(run.cli("rollback").exit()).isEqualTo(1);
    assertThat(run.reload(Jars.server("v3")).exit()).isZero();
    assertThat(run.get("/").version()).isEqualTo("v3");
  }

  @Test
  void afterCrashesByItself() throws Exception {
    GracefulProcess run =
        workshop.launch().options("--crash-window", "10m").serving(Jars.server("v1"), "v1");
    String good = run.status().text("release");
    run.swap(Jars.server("v2"), "v2");
    String bad = run.status().text("release");
    run.awaitOneWorker();
    // the third one within that window is one too many
    for (int i = 0; i < 2; i++) {
      long worker = run.workerPid();
      run.kill(worker);
      assertThat(run.get("/").version()).isEqualTo("v2");
    }
    run.kill(run.workerPid());
    InFlight patient = run.inFlight("/");
    assertThat(patient.answer().version()).isEqualTo("v1");
    run.err().await("release " + bad + " crashed 3 times");
    run.awaitRest();
    Status status = run.status();
    assertThat(status.text("release")).isEqualTo(good);
    assertThat(status.lastReload().get("verdict")).isEqualTo("failed");
    assertThat(String.valueOf(status.lastReload().get("reason")))
        .contains(bad)
        .contains("rolled back to release " + good);
    assertThat(listed(run, bad)).contains(" bad ");
    // one more crash is a crash of the good one, which stays
    run.kill(run.workerPid());
    assertThat(run.get("/").version()).isEqualTo("v1");
    assertThat(run.reload(Jars.server("v3")).exit()).isZero();
  }

  @Test
  void theNextRunKnowsWhatWasGood() throws Exception {
    Launch launch = workshop.launch().options("--keep", "2");
    GracefulProcess run = launch.serving(Jars.server("v1"), "v1");
    run.swap(Jars.server("v2"), "v2");
    Await.until("v2 is judged", () -> listed(run, run.status().text("release")).contains("good"));
    run.signal("TERM");
    assertThat(run.awaitExit()).isZero();
    GracefulProcess next = launch.serving(Jars.server("v3"), "v3");
    assertThat(next.cli("rollback").exit()).isZero();
    assertThat(next.get("/").version()).isEqualTo("v2");
    Await.until("old ones are pruned", () -> releases(next).size() <= 3);
    assertThat(releases(next)).contains(next.status().text("release"));
  }

  /** The line about a release; empty if it is not listed. */
  private static String listed(GracefulProcess run, String release) throws Exception {
    Cli releases = run.cli("releases");
    assertThat(releases.exit()).as(releases.toString()).isZero();
    List<String> lines = releases.out().stream().filter(line -> line.startsWith(release)).toList();
    assertThat(lines).hasSizeLessThan(2);
    return String.join("", lines);
  }

  private static Set<String> releases(GracefulProcess run) throws Exception {
    try (Stream<Path> all = Files.list(run.instanceDir().resolve("releases"))) {
      return all.map(path -> path.getFileName().toString()).collect(Collectors.toSet());
    }
  }
}
