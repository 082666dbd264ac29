package dev.graceful.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What the operator is told. */
@Timeout(value = 10, unit = TimeUnit.MINUTES)
class StatusIT {
  @RegisterExtension final Workshop workshop = new Workshop();

  @Test
  void everyFieldOfTheContract() throws Exception {
    GracefulProcess run = workshop.launch().name("shop").serving(Jars.server("v1"), "v1");
    Status first = run.status();
    assertThat(first.fields())
        .containsOnlyKeys(
            "name", "pid", "state", "generation", "release", "listeners", "workers", "last_reload");
    assertThat(first.text("name")).isEqualTo("shop");
    assertThat(first.number("pid")).isEqualTo((int) run.pid());
    assertThat(first.text("state")).isEqualTo("serving");
    assertThat(first.number("generation")).isEqualTo(1);
    assertThat(first.text("release")).isNotBlank();
    assertThat(first.lastReload().get("verdict")).isEqualTo("none");

    Map<String, Object> listener = first.listeners().get(0);
    assertThat(listener).containsOnlyKeys("address", "port", "accept_queue");
    assertThat(String.valueOf(listener.get("address"))).contains("127.0.0.1");
    assertThat(listener.get("port")).isEqualTo(run.port());
    assertThat(listener.get("accept_queue")).isEqualTo(0);

    InFlight request = run.inFlight(run.gate("held").path());
    run.gate("held").awaitSomebody();
    Cli reload = run.reload(Jars.server("v2"));
    assertThat(reload.exit()).as(reload.toString()).isZero();
    Await.until(
        "connections that were answered are closed", () -> drainingOf(run).equals(List.of(1)));
    Status second = run.status();
    assertThat(second.number("generation")).isEqualTo(2);
    assertThat(second.text("release")).isNotEqualTo(first.text("release"));
    assertThat(second.stateOf(1)).containsExactly("draining");
    assertThat(second.stateOf(2)).containsExactly("serving");
    for (Map<String, Object> worker : second.workers()) {
      assertThat(worker)
          .containsOnlyKeys(
              "generation", "pid", "state", "release", "connections", "uptime_s", "rss_bytes");
      assertThat(((Number) worker.get("rss_bytes")).longValue()).isGreaterThan(10_000_000);
    }
    Map<String, Object> last = second.lastReload();
    assertThat(last).containsKeys("verdict", "generation", "seconds", "reason");
    assertThat(last.get("verdict")).isEqualTo("ok");
    assertThat(last.get("generation")).isEqualTo(2);

    Cli table = run.cli("status");
    assertThat(table.exit()).isZero();
    assertThat(table.said()).contains("shop", "serving", "draining", Integer.toString(run.port()));
    run.gate("held").open();
    assertThat(request.answer().version()).isEqualTo("v1");
  }

  /** The numbers of connections of those that drain. */
  private static List<Object> drainingOf(GracefulProcess run) throws Exception {
    return run.status().workers().stream()
        .filter(worker -> "draining".equals(worker.get("state")))
        .map(worker -> worker.get("connections"))
        .toList();
  }

  @Test
  void theFirstLinesTellPidListenersAndHowToReload() throws Exception {
    Path pidFile = workshop.folder().resolve("pid");
    GracefulProcess run =
        workshop
            .launch()
            .options("--pid-file", pidFile.toString())
            .serving(Jars.server("v1"), "v1");
    run.err().await(Long.toString(run.pid()));
    run.err().await(Integer.toString(run.port()));
    run.err().await("HUP");
    assertThat(Files.readString(pidFile).strip()).isEqualTo(Long.toString(run.pid()));
    run.signal("TERM");
    assertThat(run.awaitExit()).isZero();
    assertThat(pidFile).doesNotExist();
  }

  @Test
  void theNameMayBeLeftOutWhereOneRuns() throws Exception {
    GracefulProcess run = workshop.launch().name("only").serving(Jars.server("v1"), "v1");
    Cli status = Cli.run("status", "--run-dir", run.runDir().toString(), "--json");
    assertThat(status.exit()).as(status.toString()).isZero();
    assertThat(Status.parse(String.join("\n", status.out())).text("name")).isEqualTo("only");
    Cli other = Cli.run("status", "--run-dir", run.runDir().toString(), "another");
    assertThat(other.exit()).isEqualTo(3);
    assertThat(other.said()).contains("another");
  }

  @Test
  void rollbackBringsBackThePreviousGoodRelease() throws Exception {
    GracefulProcess run = workshop.launch().serving(Jars.server("v1"), "v1");
    assertThat(run.reload(Jars.server("v2")).exit()).isZero();
    Cli rollback = run.cli("rollback");
    // until an instance can do it, it says so in one line
    if (rollback.exit() == 0) {
      assertThat(run.get("/").version()).isEqualTo("v1");
    } else {
      assertThat(rollback.exit()).isEqualTo(1);
      assertThat(run.get("/").version()).isEqualTo("v2");
    }
    assertThat(rollback.said()).doesNotContain("Exception");
  }
}
