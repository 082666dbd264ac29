package dev.graceful.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.graceful.demo.soak.Load;
import dev.graceful.demo.soak.LoadPlan;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * The supervisor is killed before and after each effect of an upgrade, one by one, and started
 * again, under load. A sample of them, unless {@code -Dgraceful.every.step=true}; the table is in
 * target/every-step.md.
 */
@Timeout(value = 20, unit = TimeUnit.MINUTES)
class EveryStepIT {
  private static final boolean ALL = Boolean.getBoolean("graceful.every.step");

  /** A release made, a worker started, seats given, taken over, the old one told. */
  private static final Set<String> SAMPLE = Set.of("after 2", "before 6", "after 8", "after 11");

  private static final int MOST_EFFECTS = 60;

  @RegisterExtension final Workshop workshop = new Workshop();

  private final List<String> rows = new ArrayList<>();
  private Path faults;
  private GracefulProcess run;
  private int version = 1;

  @Test
  void allStepsAreSound() throws Exception {
    faults = workshop.folder().resolve("faults");
    run =
        workshop
            .launch()
            .environment("GRACEFUL_FAULTS", faults.toString())
            .serving(Jars.server("v1"), "v1");
    LoadPlan plan = run.load(4).pacedBy(Duration.ofMillis(10));
    try (Load fresh = Load.start(plan);
        Load kept = Load.start(plan.keepingAlive())) {
      boolean reached = true;
      for (int n = 1; n <= MOST_EFFECTS && reached; n++) {
        for (String moment : List.of("before " + n, "after " + n)) {
          if (reached && (ALL || SAMPLE.contains(moment))) {
            reached = dieAt(moment);
            assertThat(fresh.now().failures()).as("at " + rows).isEmpty();
            assertThat(kept.now().failures()).as("at " + rows).isEmpty();
          }
        }
      }
      assertThat(reached).as("the end of an upgrade was found").isEqualTo(!ALL);
      // and the last one can be upgraded still
      String last = "v" + ++version;
      assertThat(run.reload(Jars.server(last)).exit()).isZero();
      run.awaitOneWorker(); // so the kept connections have moved
      fresh.awaitMore(50, 120_000);
      kept.awaitMore(50, 120_000);
      HotSwapIT.assertFlawless(fresh.stop(), last);
      HotSwapIT.assertFlawless(kept.stop(), last);
    } finally {
      Files.write(Path.of("target/every-step.md"), rows);
    }
    run.awaitOneWorker();
  }

  /** False if the upgrade was over before that moment. */
  private boolean dieAt(String moment) throws Exception {
    final int before = run.status().number("generation");
    String next = "v" + ++version;
    final String end = "g" + before + " has ended ";
    Files.writeString(faults, moment);
    Jars.server(next).moveTo(run.jar());
    run.signal("HUP");
    Await.until(
        moment + " has come, or the upgrade is over",
        // that the old worker has ended is the last that is said, and may be the moment to die
        () -> !run.alive() || (run.err().count(end) > 0 && run.cli("status").exit() == 0));
    if (run.alive()) {
      // it would die at the next upgrade
      run.killSupervisor();
      run = run.again();
      run.err().await("adopted: ");
      return false;
    }
    run.awaitDeath();
    final String died = Files.readString(Path.of(faults + ".died"));
    final long begun = System.nanoTime();
    run = run.again();
    run.err().await("adopted: ");
    run.awaitVersion(next);
    final long millis = (System.nanoTime() - begun) / 1_000_000;
    run.awaitOneWorker();
    Await.until("it serves and nothing is under way", () -> isOver(before, next));
    Status status = run.status();
    int launched = status.number("generation") - before;
    rows.add(
        String.format(
            Locale.ROOT,
            "| %s | %s | %s | %d ms |",
            moment,
            words(died.substring(died.indexOf('\t') + 1)),
            launched == 1 ? "the upgrade went on" : "the upgrade began again",
            millis));
    assertThat(status.workers()).hasSize(1);
    assertThat(status.listeners()).hasSize(1);
    return true;
  }

  /** By its status, of a supervisor that is not about to die. */
  private boolean isOver(int before, String next) throws Exception {
    Status status = run.status();
    return status.text("state").equals("serving")
        && status.number("generation") > before
        && status.workers().size() == 1
        && run.get("/").version().equals(next);
  }

  /** An effect without the numbers that differ from run to run. */
  private static String words(String effect) throws IOException {
    String name = effect.substring(0, effect.indexOf('['));
    if (name.equals("Say")) {
      String line = effect.replaceAll("(?s).*line=(.*)\\]", "$1");
      return "Say: " + line.replaceAll("[(;].*", "").replaceAll("\\bg\\d+", "g_").strip();
    }
    if (effect.contains("role=")) {
      return name + " " + effect.replaceAll(".*role=(\\w+).*", "$1");
    }
    return name;
  }
}
