package dev.graceful.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What an application can ask for through the SDK. */
@Timeout(value = 10, unit = TimeUnit.MINUTES)
class SdkIT {
  @RegisterExtension final Workshop workshop = new Workshop();

  @Test
  void hooksRunBeforeAndAfterEachSignalInTheWorkerThatServes() throws Exception {
    GracefulProcess run = workshop.launch().serving(Jars.server("v1", "sdk=hooks,drain"), "v1");
    run.out().await("serving v1");
    for (String signal : List.of("USR1", "TSTP", "USR2")) {
      run.signal(signal);
      run.out().await("after " + signal + " in v1");
      assertBefore(run, "before " + signal + " in v1", "after " + signal + " in v1");
    }
    assertThat(run.get("/").version()).isEqualTo("v1");

    run.swap(Jars.server("v2", "sdk=hooks,drain"), "v2");
    run.out().await("before HUP in v1");
    run.out().await("after HUP in v");
    run.out().await("drain told to v1, state SHUTTING_DOWN, Optional[");
    run.awaitOneWorker();

    run.signal("TERM");
    assertThat(run.awaitExit()).isZero();
    assertBefore(run, "before TERM in v2", "after TERM in v2");
    assertThat(run.out().count("before TERM in v1")).isZero();
    assertThat(run.out().count("before HUP")).isEqualTo(1);
  }

  /** An idle worker is told to end in the moment after it was told to drain. */
  @Test
  void aWorkersEndWaitsForItsDrainListener() throws Exception {
    GracefulProcess run =
        workshop
            .launch()
            .options("--kill-after", "120s")
            .serving(Jars.server("v1", "sdk=drain", "draingate=drain"), "v1");
    run.out().await("serving v1");
    run.swap(Jars.server("v2"), "v2");
    run.gate("drain").awaitSomebody();
    run.out().await("shutdown hook of v1");
    run.gate("drain").open();
    run.out().await("drain told to v1, state SHUTTING_DOWN, Optional[");
    run.awaitOneWorker();
  }

  @Test
  void aDrainListenerMayEndTheJvm() throws Exception {
    GracefulProcess run =
        workshop
            .launch()
            .options("--kill-after", "120s")
            .serving(Jars.server("v1", "sdk=drain", "drainexit=yes"), "v1");
    run.swap(Jars.server("v2"), "v2");
    run.awaitOneWorker();
    run.out().await("drain told to v1");
    assertThat(run.out().count("drain told to v1")).isEqualTo(1);
  }

  @Test
  void hooksOfIntRunToo() throws Exception {
    GracefulProcess run = workshop.launch().serving(Jars.server("v1", "sdk=hooks"), "v1");
    run.signal("INT");
    assertThat(run.awaitExit()).isZero();
    assertBefore(run, "before INT in v1", "after INT in v1");
  }

  private static void assertBefore(GracefulProcess run, String first, String second) {
    List<String> lines = run.out().all();
    assertThat(lines).contains(first, second);
    assertThat(lines.indexOf(first)).isLessThan(lines.indexOf(second));
  }

  @Test
  void readinessWaitsForTheApplicationsWord() throws Exception {
    GracefulProcess run = workshop.launch().serving(Jars.server("v1"), "v1");
    Jars.server("v2", "sdk=hold", "readygate=ready").moveTo(run.jar());
    run.signal("HUP");
    run.gate("ready").awaitSomebody();
    // v2 listens and would answer, but has not said that it is ready
    for (int i = 0; i < 20; i++) {
      assertThat(run.get("/").version()).isEqualTo("v1");
    }
    assertThat(run.status().text("state")).isEqualTo("reloading");
    run.gate("ready").open();
    run.awaitServing("v2");
    assertThat(run.get("/info").text()).contains("sdk.supervised=true", "sdk.generation=2");
  }

  @Test
  void whoHoldsAndNeverSaysReadyFails() throws Exception {
    GracefulProcess run =
        workshop.launch().options("--ready-timeout", "15s").serving(Jars.server("v1"), "v1");
    Cli reload = run.reload(Jars.server("v2", "sdk=hold", "readygate=never"));
    assertThat(reload.exit()).as(reload.toString()).isEqualTo(1);
    assertThat(run.get("/").version()).isEqualTo("v1");
  }

  @Test
  void healthIsAskedForOnThePrivateSeat() throws Exception {
    GracefulProcess run =
        workshop.launch().options("--health", "/gate?name=health").start(Jars.server("v1"));
    run.gate("health").awaitSomebody();
    run.gate("health").open();
    run.awaitVersion("v1");
    Cli reload = run.reload(Jars.server("v2"));
    assertThat(reload.exit()).as(reload.toString()).isZero();
  }

  @Test
  void aServerThatIsNotHealthyFails() throws Exception {
    GracefulProcess run =
        workshop
            .launch()
            .options("--health", "/greeting-not-there", "--ready-timeout", "15s")
            .start(Jars.server("v1"));
    assertThat(run.awaitExit()).isEqualTo(1);
    assertThat(String.join("\n", run.err().all())).contains("/greeting-not-there");
  }
}
