package dev.graceful.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The end: what is in flight is answered, what waits in the queue too, and nothing stays. */
@Timeout(value = 10, unit = TimeUnit.MINUTES)
class StopIT {
  @RegisterExtension final Workshop workshop = new Workshop();

  @ParameterizedTest
  @ValueSource(strings = {"TERM", "INT"})
  void whatIsInFlightIsAnswered(String signal) throws Exception {
    GracefulProcess run = workshop.launch().serving(Jars.server("v1"), "v1");
    InFlight request = run.inFlight(run.gate("last").path());
    run.gate("last").awaitSomebody();
    run.signal(signal);
    Await.until("it is stopping", () -> run.status().text("state").equals("stopping"));
    assertThat(request.done()).isFalse();
    run.gate("last").open();
    assertThat(request.answer().version()).isEqualTo("v1");
    assertThat(run.awaitExit()).isZero();
    assertThat(run.out().count("shutdown hook of v1")).isEqualTo(1);
    run.awaitNobody();
    assertThat(Files.exists(run.instanceDir().resolve("worker.sock"))).isFalse();
    assertThat(Files.exists(run.instanceDir().resolve("control.sock"))).isFalse();
  }

  @Test
  void theAcceptQueueIsServedAndNotReset() throws Exception {
    GracefulProcess run = workshop.launch().serving(Jars.server("v1", "kind=serial"), "v1");
    InFlight first = run.inFlight(run.gate("first").path());
    run.gate("first").awaitSomebody();
    List<InFlight> queued = new ArrayList<>();
    for (int i = 0; i < 8; i++) {
      queued.add(run.inFlight("/"));
    }
    run.signal("TERM");
    Await.until("it is stopping", () -> run.status().text("state").equals("stopping"));
    run.gate("first").open();
    assertThat(first.answer().version()).isEqualTo("v1");
    for (InFlight request : queued) {
      assertThat(request.answer().version()).isEqualTo("v1");
    }
    assertThat(run.awaitExit()).isZero();
  }

  @Test
  void theAcceptQueueIsServedAcrossASwap() throws Exception {
    GracefulProcess run = workshop.launch().serving(Jars.server("v1", "kind=serial"), "v1");
    InFlight first = run.inFlight(run.gate("first").path());
    run.gate("first").awaitSomebody();
    List<InFlight> queued = new ArrayList<>();
    for (int i = 0; i < 8; i++) {
      queued.add(run.inFlight("/"));
    }
    // those that wait in the queue are nobody's yet: the new worker answers them
    run.swap(Jars.server("v2", "kind=serial"), "v2");
    for (InFlight request : queued) {
      assertThat(request.answer().version()).isEqualTo("v2");
    }
    run.gate("first").open();
    assertThat(first.answer().version()).isEqualTo("v1");
  }

  @Test
  void aSecondTermHammers() throws Exception {
    GracefulProcess run =
        workshop.launch().options("--hammer-time", "-1s").serving(Jars.server("v1"), "v1");
    InFlight request = run.inFlight(run.gate("never").path());
    run.gate("never").awaitSomebody();
    run.signal("TERM");
    Await.until("it is stopping", () -> run.status().text("state").equals("stopping"));
    run.signal("TERM");
    assertThat(run.awaitExit()).isZero();
    request.awaitCut();
    run.awaitNobody();
  }

  @Test
  void theStopCommandWaitsUntilItIsDown() throws Exception {
    GracefulProcess run = workshop.launch().serving(Jars.server("v1"), "v1");
    Cli stop = run.cli("stop");
    assertThat(stop.exit()).as(stop.toString()).isZero();
    run.awaitNobody();
    assertThat(run.awaitExit()).isZero();
    assertThat(run.cli("status").exit()).isEqualTo(3);
    assertThat(run.cli("stop").exit()).isEqualTo(3);
  }

  @Test
  void aStopDuringAnUpgradeLeavesNothing() throws Exception {
    GracefulProcess run = workshop.launch().serving(Jars.server("v1"), "v1");
    Jars.server("v2", "startgate=never").moveTo(run.jar());
    run.signal("HUP");
    run.gate("never").awaitSomebody();
    run.signal("TERM");
    assertThat(run.awaitExit()).isZero();
    run.awaitNobody();
  }

  @Test
  void aCleanStopPrintsNoError() throws Exception {
    GracefulProcess run = workshop.launch().serving(Jars.server("v1"), "v1");
    run.signal("TERM");
    assertThat(run.awaitExit()).isZero();
    assertThat(run.err().all())
        .noneMatch(line -> line.matches("(?i).*(exception|error|warn|\\bat dev\\.graceful).*"));
  }
}
