package dev.graceful.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.graceful.demo.soak.Load;
import dev.graceful.demo.soak.LoadPlan;
import dev.graceful.demo.soak.Tally;
import java.io.IOException;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The main job: a new jar, HUP, and no client notices. */
@Timeout(value = 10, unit = TimeUnit.MINUTES)
class HotSwapIT {
  private static final int CLIENTS = 16;

  @RegisterExtension final Workshop workshop = new Workshop();

  static List<Jdk> jdks() throws IOException {
    return Jdk.all();
  }

  @ParameterizedTest
  @MethodSource("jdks")
  void noRequestFailsUnderLoad(Jdk jdk) throws Exception {
    GracefulProcess run =
        workshop.launch().java(jdk).serving(Jars.server("v1", "kind=httpserver"), "v1");
    try (Load load = Load.start(run.load(CLIENTS))) {
      for (int i = 2; i <= 9; i++) {
        load.awaitMore(600, 120_000);
        String version = i % 2 == 0 ? "v2" : "v1";
        run.swap(Jars.server(version, "kind=httpserver"), version);
      }
      load.awaitMore(600, 120_000);
      assertFlawless(load.stop(), "v1", "v2");
    }
    assertThat(run.alive()).isTrue();
    run.awaitOneWorker();
    assertThat(run.status().number("generation")).isEqualTo(9);
  }

  @Test
  void requestsInFlightAreAnsweredInFull() throws Exception {
    GracefulProcess run = workshop.launch().serving(Jars.server("v1", "kind=nio"), "v1");
    LoadPlan slow = run.load(CLIENTS).only("/slow?ms=2000");
    try (Load load = Load.start(slow)) {
      load.awaitMore(CLIENTS, 120_000);
      for (String version : List.of("v2", "v1", "v2")) {
        run.swap(Jars.server(version, "kind=nio"), version);
        load.awaitMore(CLIENTS, 120_000);
      }
      assertFlawless(load.stop(), "v1", "v2");
    }
  }

  @ParameterizedTest
  @MethodSource("jdks")
  void everyKindOfListenerTakesOverFromAnother(Jdk jdk) throws Exception {
    GracefulProcess run =
        workshop.launch().java(jdk).serving(Jars.server("first", "kind=socket"), "first");
    String[] kinds = {"nio", "channel", "async", "socket", "httpserver", "nio"};
    try (Load load = Load.start(run.load(8))) {
      for (int i = 0; i < kinds.length; i++) {
        String version = kinds[i].toUpperCase(Locale.ROOT) + i;
        run.swap(Jars.server(version, "kind=" + kinds[i]), version);
        load.awaitMore(300, 120_000);
      }
      assertFlawless(load.stop(), "first", "NIO0", "CHANNEL1", "ASYNC2", "SOCKET3", "NIO5");
    }
    assertThat(run.out().count("LISTENER BROKE") + run.err().count("LISTENER BROKE")).isZero();
  }

  @Test
  void aJarMayBeOverwrittenWhileItRuns() throws Exception {
    GracefulProcess run = workshop.launch().serving(Jars.server("v1"), "v1");
    Jars.server("v2").overwrite(run.jar());
    assertThat(run.get("/lazy").text()).contains("loaded late");
    run.signal("HUP");
    run.awaitServing("v2");
    assertThat(run.get("/lazy").text()).contains("loaded late");
  }

  @Test
  void hupsDuringAnUpgradeAreOneMoreUpgrade() throws Exception {
    GracefulProcess run = workshop.launch().serving(Jars.server("v1"), "v1");
    Jars.server("v2", "startgate=storm").moveTo(run.jar());
    run.signal("HUP");
    run.gate("storm").awaitSomebody();
    for (int i = 0; i < 10; i++) {
      run.signal("HUP");
    }
    // one that is taken when the next upgrade has begun would be yet another
    Await.until("all are taken", () -> !Program.pending(run.pid(), 1));
    run.status();
    Jars.server("v3").moveTo(run.jar());
    assertThat(run.get("/").version()).isEqualTo("v1");
    run.gate("storm").open();
    run.awaitServing("v3");
    Cli reload = run.reload(Jars.server("v4"));
    assertThat(reload.exit()).as(reload.toString()).isZero();
    // g1, g2 by the first HUP, g3 by all the others, g4 by the reload
    assertThat(run.status().number("generation")).isEqualTo(4);
  }

  @Test
  void aKilledWorkerIsStartedAgainWhileClientsWait() throws Exception {
    GracefulProcess run = workshop.launch().serving(Jars.server("v1"), "v1");
    for (int i = 0; i < 3; i++) {
      long worker = run.workerPid();
      run.kill(worker);
      // connects now, though nobody is there to accept
      InFlight waiting = run.inFlight("/pid");
      assertThat(waiting.answer().text().trim()).isNotEqualTo(Long.toString(worker));
    }
    assertThat(run.reload(Jars.server("v2")).exit()).isZero();
    assertThat(run.get("/").version()).isEqualTo("v2");
  }

  static void assertFlawless(Tally tally, String... versions) {
    assertThat(tally.failures()).as(tally.toString()).isEmpty();
    assertThat(tally.versions().keySet()).as(tally.toString()).contains(versions);
  }
}
