package dev.graceful.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.graceful.demo.soak.HttpConnection;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** One client that keeps its connection through an upgrade. */
@Timeout(value = 10, unit = TimeUnit.MINUTES)
class KeptConnectionIT {
  @RegisterExtension final Workshop workshop = new Workshop();

  private static String ask(HttpConnection connection) throws IOException {
    connection.send("GET", "/", new byte[0], false);
    return connection.receive().version();
  }

  private static HttpConnection connect(GracefulProcess run) throws IOException {
    return HttpConnection.open(run.address(), null, Duration.ofSeconds(20));
  }

  @Test
  void goesToTheNewWorkerAndTheOldOneLeavesAtOnce() throws Exception {
    GracefulProcess run = workshop.launch().serving(Jars.server("v1"), "v1");
    long old = run.workerPid();
    try (HttpConnection connection = connect(run)) {
      assertThat(ask(connection)).isEqualTo("v1");
      run.swap(Jars.server("v2"), "v2");
      run.awaitGone(old);
      assertThat(ask(connection)).isEqualTo("v2");
    }
  }

  @Test
  void staysWhereConnectionsDrainAndTheOldWorkerStaysForIt() throws Exception {
    GracefulProcess run =
        workshop.launch().options("--connections", "drain").serving(Jars.server("v1"), "v1");
    long old = run.workerPid();
    try (HttpConnection connection = connect(run)) {
      assertThat(ask(connection)).isEqualTo("v1");
      run.swap(Jars.server("v2"), "v2");
      for (int i = 0; i < 20; i++) {
        assertThat(ask(connection)).isEqualTo("v1");
      }
      assertThat(Program.alive(old)).isTrue();
    }
    run.awaitGone(old);
  }
}
