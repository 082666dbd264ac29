package dev.graceful.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** As process 1 of a container, and how a run ends whose application could never start. */
@Timeout(value = 10, unit = TimeUnit.MINUTES)
class PidOneIT {
  // without class data: an archive is made by a child, too
  private static final String[] CONTAINER = {"unshare", "-pf", "--mount-proc"};

  @RegisterExtension final Workshop workshop = new Workshop();

  @Test
  void orphansAreReapedAndWorkersAreNot() throws Exception {
    Root.assumeWorks("a pid namespace", "unshare", "-pf", "--mount-proc", "true");
    GracefulProcess run =
        workshop.launch().prefix(CONTAINER).options("--no-cds").serving(Jars.server("v1"), "v1");
    long supervisor = children(run.pid()).get(0);
    for (int i = 0; i < 5; i++) {
      assertThat(run.get("/orphan").text().strip()).matches("[0-9]+");
    }
    Await.until(
        "orphans are reaped",
        Await.PATIENCE,
        () -> children(supervisor).size() == 1,
        () -> "children: " + children(supervisor));
    // how a worker ends is still learned by who waits for it
    Program.signal("KILL", children(supervisor).get(0));
    run.err().await("was killed by signal 9");
    run.awaitVersion("v1");
    assertThat(run.reload(Jars.server("v2")).exit()).isZero();
    Await.until("the old one is gone", () -> children(supervisor).size() == 1);
    Program.signal("TERM", supervisor);
    assertThat(run.awaitExit()).isZero();
  }

  @Test
  void theSupervisorIsReplacedUnderItsWorkers() throws Exception {
    Root.assumeWorks("a pid namespace", "unshare", "-pf", "--mount-proc", "true");
    GracefulProcess run =
        workshop.launch().prefix(CONTAINER).options("--no-cds").serving(Jars.server("v1"), "v1");
    final long supervisor = children(run.pid()).get(0);
    final long worker = children(supervisor).get(0);
    Cli upgrade = run.cli("upgrade-supervisor");
    assertThat(upgrade.exit()).as(upgrade.toString()).isZero();
    assertThat(children(supervisor)).contains(worker);
    assertThat(run.get("/orphan").text().strip()).matches("[0-9]+");
    assertThat(run.reload(Jars.server("v2")).exit()).isZero();
    assertThat(run.get("/").version()).isEqualTo("v2");
    Await.until(
        "the old one and the orphan are reaped",
        Await.PATIENCE,
        () -> children(supervisor).size() == 1,
        () -> "children: " + children(supervisor));
    Program.signal("TERM", supervisor);
    assertThat(run.awaitExit()).isZero();
  }

  @Test
  void anExitCodeComesThroughFromAContainer() throws Exception {
    Root.assumeWorks("a pid namespace", "unshare", "-pf", "--mount-proc", "true");
    assertThat(workshop.launch().prefix(CONTAINER).start(Jars.server("v1", "exit=7")).awaitExit())
        .isEqualTo(7);
  }

  @Test
  void theExitCodeOfAnApplicationThatNeverStartedIsPassedOn() throws Exception {
    GracefulProcess run = workshop.launch().start(Jars.server("v1", "exit=42"));
    assertThat(run.awaitExit()).isEqualTo(42);
    run.err().await("exited with 42");
    // that it never served is a failure, whatever it says itself
    assertThat(workshop.launch().start(Jars.server("v1", "exit=0")).awaitExit()).isEqualTo(1);
  }

  /** Zombies are among them. */
  private static List<Long> children(long pid) {
    return ProcessHandle.of(pid).stream()
        .flatMap(ProcessHandle::children)
        .map(ProcessHandle::pid)
        .toList();
  }
}
