package dev.graceful.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.graceful.demo.soak.Load;
import dev.graceful.demo.soak.ProcFigures;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The supervisor dies, and another one goes on where it ended. */
@Timeout(value = 10, unit = TimeUnit.MINUTES)
class AdoptionIT {
  @RegisterExtension final Workshop workshop = new Workshop();

  static List<Jdk> jdks() throws IOException {
    return Jdk.all();
  }

  @ParameterizedTest
  @MethodSource("jdks")
  void noClientNoticesThatTheSupervisorWasKilled(Jdk jdk) throws Exception {
    GracefulProcess run = workshop.launch().java(jdk).serving(Jars.server("v1"), "v1");
    run.swap(Jars.server("v2"), "v2");
    run.awaitOneWorker();
    long worker = run.workerPid();
    ProcFigures before = null;
    try (Load fresh = Load.start(run.load(8));
        Load kept = Load.start(run.load(8).keepingAlive())) {
      for (int i = 0; i < 2; i++) {
        run.killSupervisor();
        fresh.awaitMore(300, 120_000);
        kept.awaitMore(300, 120_000);
        run = run.again();
        run.err().await("adopted: g2 serves");
        assertThat(run.workerPid()).isEqualTo(worker);
        Status status = run.status();
        assertThat(status.text("state")).isEqualTo("serving");
        assertThat(status.number("generation")).isEqualTo(2);
        assertThat(status.workers()).hasSize(1);
        assertThat(((Number) status.workers().get(0).get("pid")).longValue()).isEqualTo(worker);
        assertThat(status.listeners()).hasSize(1);
        assertThat(((Number) status.listeners().get(0).get("port")).intValue())
            .isEqualTo(run.port());
        fresh.awaitMore(300, 120_000);
        kept.awaitMore(300, 120_000);
        if (before == null) {
          before = ProcFigures.of(worker);
        }
      }
      run.swap(Jars.server("v3"), "v3");
      run.awaitOneWorker();
      fresh.awaitMore(300, 120_000);
      kept.awaitMore(300, 120_000);
      HotSwapIT.assertFlawless(fresh.stop(), "v2", "v3");
      HotSwapIT.assertFlawless(kept.stop(), "v2", "v3");
    }
    assertThat(run.status().number("generation")).isEqualTo(3);
    run.signal("TERM");
    assertThat(run.awaitExit()).isZero();
    run.awaitNobody();
  }

  @Test
  void nothingIsLeakedByAdoptingAgainAndAgain() throws Exception {
    GracefulProcess run = workshop.launch().serving(Jars.server("v1"), "v1");
    long worker = run.workerPid();
    run = adopt(run);
    ProcFigures before = settled(run);
    ProcFigures workerBefore = ProcFigures.of(worker);
    long threadsBefore = threads(worker);
    for (int i = 0; i < 5; i++) {
      run = adopt(run);
    }
    GracefulProcess last = run;
    Await.until(
        "the worker has as many descriptors and threads as before: " + workerBefore,
        () -> {
          return ProcFigures.of(worker).descriptors() <= workerBefore.descriptors()
              && threads(worker) <= threadsBefore;
        });
    Await.until(
        "the supervisor has as many descriptors as the one before: " + before,
        () -> ProcFigures.of(last.pid()).descriptors() <= before.descriptors());
    assertThat(run.workerPid()).isEqualTo(worker);
  }

  private static GracefulProcess adopt(GracefulProcess run) throws Exception {
    run.killSupervisor();
    GracefulProcess next = run.again();
    next.err().await("adopted: g1 serves");
    return next;
  }

  /** Without those that the JVM makes for itself when it has more to compile or to collect. */
  private static long threads(long pid) throws Exception {
    long count = 0;
    try (Stream<Path> all = Files.list(Path.of("/proc/" + pid + "/task"))) {
      for (Path task : all.toList()) {
        String name = Files.readString(task.resolve("comm"));
        if (!name.matches("(?s)(C[12] |G1 |GC |VM ).*")) {
          count++;
        }
      }
    } catch (NoSuchFileException e) {
      return Long.MAX_VALUE; // one has just ended: look again
    }
    return count;
  }

  /** When the files of its start are closed. */
  private static ProcFigures settled(GracefulProcess run) throws Exception {
    assertThat(run.status().text("state")).isEqualTo("serving");
    return ProcFigures.of(run.pid());
  }

  @Test
  void aWorkerThatDiedWithItsSupervisorIsStartedAgain() throws Exception {
    GracefulProcess run = workshop.launch().serving(Jars.server("v1"), "v1");
    long worker = run.workerPid();
    InFlight request = run.inFlight(run.gate("long").path());
    run.gate("long").awaitSomebody();
    run.swap(Jars.server("v2"), "v2");
    long serving = run.workerPid();
    run.killSupervisor();
    run.kill(serving);
    // what lies there now is no jar: the release that served is what counts
    Files.writeString(run.jar(), "garbage");
    run = run.again();
    run.awaitServing("v2");
    assertThat(Program.alive(worker)).isTrue();
    run.gate("long").open();
    assertThat(request.answer().version()).isEqualTo("v1");
    run.awaitGone(worker);
    assertThat(run.reload(Jars.server("v3")).exit()).isZero();
  }

  @Test
  void whereNothingIsLeftTheJarAsItIsNowIsStarted() throws Exception {
    GracefulProcess run = workshop.launch().serving(Jars.server("v1"), "v1");
    long worker = run.workerPid();
    run.killSupervisor();
    run.kill(worker);
    Jars.server("v2").moveTo(run.jar());
    run = run.again();
    run.awaitServing("v2");
    assertThat(run.status().number("generation")).isEqualTo(1);
  }

  @Test
  void aDrainKeepsItsDeadline() throws Exception {
    GracefulProcess run =
        workshop.launch().options("--hammer-time", "24s").serving(Jars.server("v1"), "v1");
    long old = run.workerPid();
    InFlight request = run.inFlight(run.gate("never").path());
    run.gate("never").awaitSomebody();
    final long begun = System.nanoTime();
    run.swap(Jars.server("v2"), "v2");
    run.killSupervisor();
    final long killed = System.nanoTime();
    // nobody is there for half of the time: what begins anew would be late by that
    Await.until("half of it is over", () -> System.nanoTime() - killed > 12_000_000_000L);
    final long again = System.nanoTime();
    run = run.again();
    run.err().await("adopted: ");
    assertThat(run.status().stateOf(1)).containsExactly("draining");
    run.awaitGone(old);
    long gone = System.nanoTime();
    assertThat(Duration.ofNanos(gone - begun)).isGreaterThan(Duration.ofMillis(23_900));
    assertThat(Duration.ofNanos(gone - again)).isLessThan(Duration.ofSeconds(24));
    request.awaitCut();
    assertThat(run.get("/").version()).isEqualTo("v2");
  }

  @Test
  void anUpgradeThatWasUnderWayBeginsAgain() throws Exception {
    GracefulProcess run = workshop.launch().serving(Jars.server("v1"), "v1");
    Jars.server("v2", "startgate=slow").moveTo(run.jar());
    run.signal("HUP");
    run.gate("slow").awaitSomebody();
    assertThat(run.workers()).hasSizeGreaterThanOrEqualTo(2);
    run.killSupervisor();
    run = run.again();
    run.err().await("adopted: ");
    assertThat(run.get("/").version()).isEqualTo("v1");
    run.gate("slow").open();
    run.awaitVersion("v2");
    run.awaitOneWorker();
    // what the one that was given up printed is not lost
    run.out().await("starting v2");
  }

  @Test
  void ofTwoThatAreStartedAtOnceOneAdopts() throws Exception {
    GracefulProcess run = workshop.launch().serving(Jars.server("v1"), "v1");
    long worker = run.workerPid();
    run.killSupervisor();
    GracefulProcess one = run.again();
    GracefulProcess other = run.again();
    Await.until("one of them gives up", () -> !one.alive() || !other.alive());
    GracefulProcess loser = one.alive() ? other : one;
    GracefulProcess winner = one.alive() ? one : other;
    assertThat(loser.awaitExit()).isEqualTo(4);
    winner.err().await("adopted: g1 serves");
    assertThat(winner.workerPid()).isEqualTo(worker);
    assertThat(winner.reload(Jars.server("v2")).exit()).isZero();
  }

  @Test
  void aStrangerGetsNothing() throws Exception {
    GracefulProcess run = workshop.launch().serving(Jars.server("v1"), "v1");
    long worker = run.workerPid();
    Program.signal("STOP", worker);
    run.killSupervisor();
    run = run.again();
    try (Stranger stranger =
        Stranger.connect(run.instanceDir().resolve("worker.sock"), 1, worker)) {
      // it is refused while the worker that it says it is has not come back
      assertThat(stranger.answer()).isEmpty();
      run.err().await("is not the worker of g1: refused");
    } finally {
      Program.signal("CONT", worker);
    }
    // it may have been killed just before it had heard that the worker has taken over
    run.err().await("g1 serves");
    assertThat(run.workerPid()).isEqualTo(worker);
  }

  @Test
  void signalsDuringTheReunionAreObeyed() throws Exception {
    GracefulProcess run = workshop.launch().serving(Jars.server("v1"), "v1");
    long worker = run.workerPid();
    Program.signal("STOP", worker);
    run.killSupervisor();
    run = run.again();
    Jars.server("v2", "startgate=slow").moveTo(run.jar());
    run.awaitEars();
    run.signal("HUP");
    run.err().await("waiting for g1");
    run.signal("USR2");
    Program.signal("CONT", worker);
    run.gate("slow").awaitSomebody();
    // were v2 to serve before that, the hammer would have something to do
    run.err().await("nothing drains");
    run.gate("slow").open();
    run.awaitVersion("v2");
    run.awaitGone(worker);
  }
}
