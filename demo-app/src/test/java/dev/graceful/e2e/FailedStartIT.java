package dev.graceful.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.graceful.demo.soak.AppJar;
import dev.graceful.demo.soak.Load;
import dev.graceful.demo.soak.Tally;
import java.io.IOException;
import java.nio.file.Files;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** A new version that does not come up: the old one serves on, and the operator is told why. */
@Timeout(value = 10, unit = TimeUnit.MINUTES)
class FailedStartIT {
  @RegisterExtension static final Workshop workshop = new Workshop();

  private static GracefulProcess run;
  private static int good;

  @BeforeAll
  static void start() throws Exception {
    run =
        workshop.launch().options("--ready-timeout", "20s").serving(Jars.server("good0"), "good0");
  }

  /** What is wrong, the jar, and words of the reason that the operator must be told. */
  static List<Arguments> badJars() throws IOException {
    int otherPort = Ports.free();
    return List.of(
        Arguments.of(
            "crashes",
            Jars.server("bad", "crash=no-database-here", "lines=3"),
            List.of("no-database-here")),
        Arguments.of("exits with 0", Jars.server("bad", "exit=0"), List.of("leaving bad")),
        Arguments.of("exits with 3", Jars.server("bad", "exit=3"), List.of("3", "leaving bad")),
        Arguments.of("hangs", Jars.server("bad", "hang=start"), List.of("20", "hanging bad")),
        Arguments.of("never binds", Jars.server("bad", "ports="), List.of("20", "serving bad")),
        Arguments.of(
            "binds another port",
            Jars.server("bad", "ports=" + otherPort),
            List.of(Integer.toString(otherPort))),
        Arguments.of(
            "has no Main-Class", new AppJar().entry("a.txt", new byte[1]), List.of("Main-Class")),
        Arguments.of(
            "names a class that is not there",
            new AppJar().attribute("Main-Class", "com.example.Missing"),
            List.of("com.example.Missing")));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("badJars")
  void theOldOneServesOn(String what, AppJar bad, List<String> reason) throws Exception {
    try (Load load = Load.start(run.load(2))) {
      load.awaitMore(10, 120_000);
      Cli reload = run.reload(bad);
      assertThat(reload.exit()).as(reload.toString()).isEqualTo(1);
      // a trace of the application's is its last lines; one of graceful's own is a bug
      assertThat(reload.said())
          .contains(reason)
          .doesNotContainPattern("at dev\\.graceful\\.(?!e2e\\.)");
      load.awaitMore(50, 120_000);
      Tally tally = load.stop();
      assertThat(tally.failures()).as(tally.toString()).isEmpty();
      assertThat(tally.versions()).containsOnlyKeys("good" + good);
    }
    Map<String, Object> last = run.status().lastReload();
    assertThat(last.get("verdict")).isEqualTo("failed");
    assertThat(String.valueOf(last.get("reason"))).isNotBlank();
    run.awaitOneWorker();
    thenAGoodOneWorks();
  }

  @Test
  void aJarThatIsNoJarIsRefused() throws Exception {
    Files.writeString(run.jar(), "this is no jar\n");
    Cli reload = run.cli("reload");
    assertThat(reload.exit()).isEqualTo(1);
    assertThat(reload.said()).contains("app.jar");
    assertThat(run.get("/").version()).isEqualTo("good" + good);
    thenAGoodOneWorks();
  }

  @Test
  void aJarThatIsGoneIsRefused() throws Exception {
    Files.delete(run.jar());
    Cli reload = run.cli("reload");
    assertThat(reload.exit()).isEqualTo(1);
    assertThat(reload.said()).contains("app.jar");
    assertThat(run.get("/").version()).isEqualTo("good" + good);
    thenAGoodOneWorks();
  }

  @Test
  void aFailedHupIsToldInTheLog() throws Exception {
    Jars.server("bad", "crash=told-in-the-log").moveTo(run.jar());
    run.signal("HUP");
    run.err().await("told-in-the-log");
    Await.until(
        "the reload has failed", () -> "failed".equals(run.status().lastReload().get("verdict")));
    assertThat(run.get("/").version()).isEqualTo("good" + good);
    thenAGoodOneWorks();
  }

  @Test
  void manyTriesInARowChangeNothing() throws Exception {
    for (int i = 0; i < 4; i++) {
      assertThat(run.reload(Jars.server("bad", "crash=try" + i)).exit()).isEqualTo(1);
    }
    assertThat(run.get("/").version()).isEqualTo("good" + good);
    thenAGoodOneWorks();
  }

  private static void thenAGoodOneWorks() throws Exception {
    good++;
    Cli reload = run.reload(Jars.server("good" + good));
    assertThat(reload.exit()).as(reload.toString()).isZero();
    assertThat(run.get("/").version()).isEqualTo("good" + good);
  }
}
