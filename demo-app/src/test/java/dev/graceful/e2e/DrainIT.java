package dev.graceful.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** How an old worker leaves after an upgrade. */
@Timeout(value = 10, unit = TimeUnit.MINUTES)
class DrainIT {
  @RegisterExtension final Workshop workshop = new Workshop();

  @Test
  void theOldOneFinishesWhatItHasAndIsThenAskedToGo() throws Exception {
    GracefulProcess run = workshop.launch().serving(Jars.server("v1"), "v1");
    long old = run.workerPid();
    InFlight[] requests = new InFlight[3];
    for (int i = 0; i < requests.length; i++) {
      requests[i] = run.inFlight(run.gate("g" + i).path());
      run.gate("g" + i).awaitSomebody();
    }
    run.swap(Jars.server("v2"), "v2");
    assertThat(run.status().stateOf(1)).containsExactly("draining");
    assertThat(Program.alive(old)).isTrue();
    for (int i = 0; i < requests.length; i++) {
      assertThat(requests[i].done()).isFalse();
      assertThat(run.out().count("shutdown hook of v1")).isZero();
      run.gate("g" + i).open();
      assertThat(requests[i].answer().version()).isEqualTo("v1");
    }
    run.awaitGone(old);
    run.out().await("shutdown hook of v1");
    assertThat(run.workerPid()).isNotEqualTo(old);
    Await.until("status forgets the old one", () -> run.status().stateOf(1).isEmpty());
  }

  @Test
  void theHammerTimeEndsADrain() throws Exception {
    GracefulProcess run =
        workshop.launch().options("--hammer-time", "2s").serving(Jars.server("v1"), "v1");
    long old = run.workerPid();
    InFlight request = run.inFlight(run.gate("never").path());
    run.gate("never").awaitSomebody();
    long begun = System.nanoTime();
    run.swap(Jars.server("v2"), "v2");
    run.err().await("g1 still has work after its hammer time of 2");
    Duration took = Duration.ofNanos(System.nanoTime() - begun);
    assertThat(took).isGreaterThanOrEqualTo(Duration.ofSeconds(2));
    run.awaitGone(old);
    request.awaitCut();
    // it is asked first; if it needs more than a second for its answer it is killed
    if (!run.err().await("g1 has ended (").contains("signal 9")) {
      run.out().await("shutdown hook of v1");
    }
    assertThat(run.get("/").version()).isEqualTo("v2");
  }

  @Test
  void usr2HammersADrainThatHasNoLimit() throws Exception {
    GracefulProcess run =
        workshop.launch().options("--hammer-time", "-1s").serving(Jars.server("v1"), "v1");
    long old = run.workerPid();
    InFlight request = run.inFlight(run.gate("never").path());
    run.gate("never").awaitSomebody();
    run.swap(Jars.server("v2"), "v2");
    assertThat(Program.alive(old)).isTrue();
    run.signal("USR2");
    run.awaitGone(old);
    request.awaitCut();
    assertThat(run.get("/").version()).isEqualTo("v2");
  }

  @Test
  void theHammerCommandEndsADrainOfAWorkerThatWillNotGo() throws Exception {
    GracefulProcess run = workshop.launch().serving(Jars.server("v1", "stuck=yes"), "v1");
    long old = run.workerPid();
    InFlight request = run.inFlight(run.gate("never").path());
    run.gate("never").awaitSomebody();
    run.swap(Jars.server("v2"), "v2");
    assertThat(run.cli("hammer").exit()).isZero();
    run.awaitGone(old);
    request.awaitCut();
  }

  @Test
  void theHammerDoesNothingWhereNothingDrains() throws Exception {
    GracefulProcess run = workshop.launch().serving(Jars.server("v1"), "v1");
    long worker = run.workerPid();
    InFlight request = run.inFlight(run.gate("kept").path());
    run.gate("kept").awaitSomebody();
    run.signal("USR2");
    run.err().await("nothing drains");
    Cli hammer = run.cli("hammer");
    assertThat(hammer.said().strip()).isNotEmpty();
    run.gate("kept").open();
    assertThat(request.answer().version()).isEqualTo("v1");
    assertThat(run.workerPid()).isEqualTo(worker);
    assertThat(run.status().number("generation")).isEqualTo(1);
  }

  @Test
  void aShutdownHookThatNeverEndsIsKilled() throws Exception {
    GracefulProcess run =
        workshop
            .launch()
            .options("--kill-after", "10s")
            .serving(Jars.server("v1", "stuck=yes"), "v1");
    long old = run.workerPid();
    run.swap(Jars.server("v2"), "v2");
    run.out().await("shutdown hook of v1");
    run.awaitGone(old);
    assertThat(run.get("/").version()).isEqualTo("v2");
  }

  @Test
  void severalGenerationsDrainAtOnce() throws Exception {
    GracefulProcess run = workshop.launch().serving(Jars.server("v1"), "v1");
    List<InFlight> requests = new ArrayList<>();
    for (int i = 1; i <= 3; i++) {
      requests.add(run.inFlight(run.gate("g" + i).path()));
      run.gate("g" + i).awaitSomebody();
      // answered when the old worker is off the listener, so the next request meets the new one
      assertThat(run.reload(Jars.server("v" + (i + 1))).exit()).isZero();
    }
    for (int i = 1; i <= 3; i++) {
      assertThat(run.status().stateOf(i)).containsExactly("draining");
    }
    for (int i = 3; i >= 1; i--) {
      run.gate("g" + i).open();
      assertThat(requests.get(i - 1).answer().version()).isEqualTo("v" + i);
    }
    run.awaitOneWorker();
  }
}
