package dev.graceful.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A signal that comes while the launcher or the JVM is still starting is obeyed when it is up. */
@Timeout(value = 10, unit = TimeUnit.MINUTES)
class FirstMomentIT {
  @RegisterExtension final Workshop workshop = new Workshop();

  @Test
  void hupAndUsr2() throws Exception {
    GracefulProcess run = workshop.launch().start(Jars.server("v1"));
    run.awaitEars();
    run.signal("HUP");
    run.signal("USR2");
    run.err().await("nothing drains");
    Await.until("the upgrade that was asked for is done", () -> run.err().count("g2 serves") > 0);
    assertThat(run.alive()).isTrue();
    assertThat(run.get("/").version()).isEqualTo("v1");
  }

  @Test
  void term() throws Exception {
    GracefulProcess run = workshop.launch().start(Jars.server("v1"));
    run.awaitEars();
    run.signal("TERM");
    assertThat(run.awaitExit()).isZero();
    run.awaitNobody();
  }

  @Test
  void signalsAllAlong() throws Exception {
    GracefulProcess run = workshop.launch().start(Jars.server("v1"));
    run.awaitEars();
    String storm = "while kill -HUP %d && kill -USR1 %d && [ ! -e go ]; do sleep 0.002; done";
    Process signals =
        new ProcessBuilder("sh", "-c", storm.formatted(run.pid(), run.pid()))
            .directory(run.folder().toFile())
            .start();
    run.awaitVersion("v1");
    java.nio.file.Files.writeString(run.folder().resolve("go"), "");
    signals.waitFor();
    assertThat(run.alive()).isTrue();
    assertThat(run.reload(Jars.server("v2")).exit()).isZero();
    assertThat(run.get("/").version()).isEqualTo("v2");
  }
}
