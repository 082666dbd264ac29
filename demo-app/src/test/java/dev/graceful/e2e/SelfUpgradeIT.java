package dev.graceful.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.graceful.demo.soak.Load;
import dev.graceful.demo.soak.ProcFigures;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The supervisor becomes the program that is installed now. */
@Timeout(value = 10, unit = TimeUnit.MINUTES)
class SelfUpgradeIT {
  @RegisterExtension final Workshop workshop = new Workshop();

  @Test
  void nobodyNotices() throws Exception {
    GracefulProcess run =
        workshop
            .launch()
            .environment("JAVA_TOOL_OPTIONS", "-Dmark=of-the-operator")
            .options("--pid-file", workshop.folder().resolve("pid").toString())
            .serving(Jars.server("v1"), "v1");
    long worker = run.workerPid();
    Cli first = run.cli("upgrade-supervisor");
    assertThat(first.exit()).as(first.toString()).isZero();
    ProcFigures before = ProcFigures.of(run.pid());
    try (Load fresh = Load.start(run.load(8));
        Load kept = Load.start(run.load(8).keepingAlive())) {
      for (int i = 0; i < 2; i++) {
        long started = started(run);
        Cli upgrade = run.cli("upgrade-supervisor");
        assertThat(upgrade.exit()).as(upgrade.toString()).isZero();
        assertThat(upgrade.said()).contains("process " + run.pid(), "g1 serves");
        assertThat(started(run)).isGreaterThan(started);
        assertThat(run.alive()).isTrue();
        assertThat(run.workerPid()).isEqualTo(worker);
        fresh.awaitMore(300, 120_000);
        kept.awaitMore(300, 120_000);
      }
      Await.until(
          "as many descriptors as before: " + before,
          () -> ProcFigures.of(run.pid()).descriptors() <= before.descriptors());
      run.swap(Jars.server("v2"), "v2");
      run.awaitOneWorker(); // so the kept connections have moved
      fresh.awaitMore(300, 120_000);
      kept.awaitMore(300, 120_000);
      HotSwapIT.assertFlawless(fresh.stop(), "v1", "v2");
      HotSwapIT.assertFlawless(kept.stop(), "v1", "v2");
    }
    run.awaitOneWorker();
    assertThat(run.get("/info").text()).contains("of-the-operator");
    assertThat(Files.readString(workshop.folder().resolve("pid")).strip())
        .isEqualTo("" + run.pid());
    run.signal("TERM");
    assertThat(run.awaitExit()).isZero();
    run.awaitNobody();
  }

  /** When the program that now runs began, which is told on the control socket only. */
  private static long started(GracefulProcess run) throws Exception {
    Matcher started =
        Pattern.compile("\"started_ms\":(\\d+)").matcher(run.ask("{\"command\":\"status\"}"));
    assertThat(started.find()).isTrue();
    return Long.parseLong(started.group(1));
  }

  @Test
  void clientsWaitInTheQueueWhereNoWorkerIsAlive() throws Exception {
    GracefulProcess run = workshop.launch().serving(Jars.server("v1"), "v1");
    // what serves dies at once, again and again, so that a pause follows
    for (int i = 0; i < 3; i++) {
      long worker = run.workerPid();
      run.kill(worker);
    }
    run.err().await("the next attempt is in");
    InFlight waiting = run.inFlight("/");
    Cli upgrade = run.cli("upgrade-supervisor");
    assertThat(upgrade.exit()).as(upgrade.toString()).isZero();
    assertThat(waiting.answer().version()).isEqualTo("v1");
  }

  @Test
  void aStormOfSignalsIsObeyed() throws Exception {
    GracefulProcess run = workshop.launch().serving(Jars.server("v1"), "v1");
    Process storm =
        new ProcessBuilder(
                "sh", "-c", "while kill -USR1 " + run.pid() + " 2>/dev/null; do sleep 0.005; done")
            .start();
    try {
      Cli upgrade = run.cli("upgrade-supervisor");
      assertThat(upgrade.exit()).as(upgrade.toString()).isZero();
    } finally {
      storm.destroy();
      storm.waitFor();
    }
    Jars.server("v2").moveTo(run.jar());
    String storming =
        "i=0; while [ $i -lt 400 ] && kill -HUP "
            + run.pid()
            + "; do i=$((i+1)); sleep 0.005; done";
    Process hups = new ProcessBuilder("sh", "-c", storming).start();
    Cli upgrade = run.cli("upgrade-supervisor");
    assertThat(upgrade.exit()).as(upgrade.toString()).isZero();
    hups.waitFor();
    run.awaitServing("v2");
    Jars.server("v3").moveTo(run.jar());
    assertThat(run.cli("reload").exit()).isZero();
    assertThat(run.get("/").version()).isEqualTo("v3");
    run.awaitOneWorker();
  }

  @Test
  void anUpgradeThatIsUnderWayIsWaitedFor() throws Exception {
    GracefulProcess run = workshop.launch().serving(Jars.server("v1"), "v1");
    Jars.server("v2", "startgate=slow").moveTo(run.jar());
    run.signal("HUP");
    run.gate("slow").awaitSomebody();
    Cli[] upgrade = new Cli[1];
    Thread client = new Thread(() -> upgrade[0] = upgradeOf(run));
    client.start();
    run.err().await("waiting for its end");
    assertThat(run.get("/").version()).isEqualTo("v1");
    run.gate("slow").open();
    client.join();
    assertThat(upgrade[0].exit()).as(upgrade[0].toString()).isZero();
    assertThat(run.get("/").version()).isEqualTo("v2");
    assertThat(run.status().number("generation")).isEqualTo(2);
  }

  private static Cli upgradeOf(GracefulProcess run) {
    try {
      return run.cli("upgrade-supervisor");
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  @Test
  void aBadInstallationCostsNothing() throws Exception {
    Path installation = install(workshop.folder("program"));
    Path jar = installation.resolve("supervisor/target/graceful/lib/graceful.jar");
    Path launcher = installation.resolve("scripts/graceful");
    GracefulProcess run = workshop.launch().program(launcher).serving(Jars.server("v1"), "v1");
    long worker = run.workerPid();
    long started = started(run);
    // written aside and renamed, as an installer must do with a program that runs
    Path good = Files.copy(jar, jar.resolveSibling("good.jar"));
    replace(jar, "garbage");
    Cli refused = run.cli("upgrade-supervisor");
    assertThat(refused.exit()).as(refused.toString()).isEqualTo(1);
    assertThat(refused.said()).contains("stays as it is", "--version exited with 1");
    assertThat(started(run)).isEqualTo(started);

    // one that tells its version, and dies when it runs
    Files.move(good, jar, StandardCopyOption.REPLACE_EXISTING);
    Path real = Files.copy(launcher, launcher.resolveSibling("real"));
    replace(
        launcher,
        "#!/bin/sh\n[ \"$1\" = --tell-command ] || exec \"${0%/*}/real\" \"$@\"\n"
            + "printf 'A=b\\0graceful-command\\0/bin/false\\0'\n");
    Cli failed = run.cli("upgrade-supervisor");
    assertThat(failed.exit()).as(failed.toString()).isEqualTo(1);
    assertThat(failed.said()).contains("the workers go on serving");
    run.awaitDeath();
    assertThat(run.workerPid()).isEqualTo(worker);

    Files.move(real, launcher, StandardCopyOption.REPLACE_EXISTING);
    GracefulProcess next = run.again();
    next.err().await("adopted: g1 serves");
    assertThat(next.workerPid()).isEqualTo(worker);
    Cli upgrade = next.cli("upgrade-supervisor");
    assertThat(upgrade.exit()).as(upgrade.toString()).isZero();
  }

  private static void replace(Path file, String text) throws IOException {
    Path aside = file.resolveSibling("aside");
    Files.writeString(aside, text);
    Files.setPosixFilePermissions(aside, PosixFilePermissions.fromString("rwxr-xr-x"));
    Files.move(aside, file, StandardCopyOption.REPLACE_EXISTING);
  }

  /** A copy of the packaged program. */
  private static Path install(Path folder) throws IOException {
    Path packaged = Program.ROOT.resolve("supervisor/target/graceful");
    Path home = folder.resolve("supervisor/target/graceful");
    try (Stream<Path> tree = Files.walk(packaged)) {
      for (Path path : tree.toList()) {
        Path to = home.resolve(packaged.relativize(path).toString());
        Files.createDirectories(Files.isDirectory(path) ? to : to.getParent());
        if (!Files.isDirectory(path)) {
          Files.copy(path, to);
        }
      }
    }
    Files.createDirectories(folder.resolve("scripts"));
    Files.copy(
        Program.LAUNCHER, folder.resolve("scripts/graceful"), StandardCopyOption.COPY_ATTRIBUTES);
    return folder;
  }
}
