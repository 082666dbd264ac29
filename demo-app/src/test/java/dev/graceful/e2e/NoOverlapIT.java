package dev.graceful.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.graceful.demo.soak.Load;
import dev.graceful.demo.soak.Tally;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** An application that must not run twice: clients wait, and none is refused. */
@Timeout(value = 10, unit = TimeUnit.MINUTES)
class NoOverlapIT {
  @RegisterExtension final Workshop workshop = new Workshop();

  @Test
  void theOldOneLeavesFirstAndNobodyIsRefused() throws Exception {
    GracefulProcess run =
        workshop.launch().options("--no-overlap").serving(Jars.server("v1"), "v1");
    try (Load load = Load.start(run.load(4))) {
      load.awaitMore(20, 120_000);
      Cli reload = run.reload(Jars.server("v2"));
      assertThat(reload.exit()).as(reload.toString()).isZero();
      load.awaitMore(50, 120_000);
      Tally tally = load.stop();
      assertThat(tally.failures()).as(tally.toString()).isEmpty();
      assertThat(tally.versions()).containsOnlyKeys("v1", "v2");
    }
    inOrder(run, "shutdown hook of v1", "starting v2");
  }

  @Test
  void aRequestInFlightIsAnsweredAndThoseInTheQueueToo() throws Exception {
    GracefulProcess run =
        workshop.launch().options("--no-overlap").serving(Jars.server("v1"), "v1");
    InFlight busy = run.inFlight(run.gate("last").path());
    run.gate("last").awaitSomebody();
    Jars.server("v2").moveTo(run.jar());
    run.signal("HUP");
    run.err().await("g1 leaves before another starts");
    Await.until("it drains", () -> run.status().stateOf(1).equals(List.of("draining")));
    List<InFlight> queue = List.of(run.inFlight("/"), run.inFlight("/"), run.inFlight("/"));
    Await.until(
        "they wait",
        () -> ((Number) run.status().listeners().get(0).get("accept_queue")).intValue() == 3);
    assertThat(run.out().count("starting v2")).isZero();
    run.gate("last").open();
    assertThat(busy.answer().version()).isEqualTo("v1");
    for (InFlight waiting : queue) {
      assertThat(waiting.answer().version()).isEqualTo("v2");
    }
  }

  @Test
  void ifTheNewOneFailsTheOldOneIsStartedAgain() throws Exception {
    GracefulProcess run =
        workshop.launch().options("--no-overlap").serving(Jars.server("v1"), "v1");
    String release = run.status().text("release");
    try (Load load = Load.start(run.load(4))) {
      load.awaitMore(20, 120_000);
      Cli reload = run.reload(Jars.server("v2", "crash=no-database-here"));
      assertThat(reload.exit()).isEqualTo(1);
      assertThat(reload.said())
          .contains("no-database-here")
          .contains("release " + release + " is started again");
      load.awaitMore(50, 120_000);
      Tally tally = load.stop();
      assertThat(tally.failures()).as(tally.toString()).isEmpty();
      assertThat(tally.versions()).containsOnlyKeys("v1");
    }
    assertThat(run.status().text("release")).isEqualTo(release);
    assertThat(run.reload(Jars.server("v3")).exit()).isZero();
  }

  private static void inOrder(GracefulProcess run, String... lines) throws Exception {
    int last = -1;
    for (String line : lines) {
      run.out().await(line);
      int at = run.out().all().indexOf(line);
      assertThat(at).as(line).isGreaterThan(last);
      last = at;
    }
  }
}
