package dev.graceful.agent;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What the SDK's server says to its kept connections when its worker drains. */
@Timeout(600)
class SdkDrainIT {
  private static final String CLOSE = "connection: close";

  @TempDir Path dir;

  private static List<String> program() {
    String sdk = System.getProperty("graceful.agent").replace("-agent.jar", ".jar");
    String app = System.getProperty("graceful.app");
    return List.of(app + File.pathSeparator + sdk, SdkApp.class.getName());
  }

  private static boolean toldToClose(HttpClientSocket client) throws Exception {
    assertThat(client.get("/")).isEqualTo("g1");
    return client.lastHead.toLowerCase(java.util.Locale.ROOT).contains(CLOSE);
  }

  @Test
  void connectionsThatStayAreToldWithTheirNextAnswer() throws Exception {
    Path jdk = Program.jdks().get(0);
    try (Generations all = new Generations(dir, "127.0.0.1", ";connections=drain")) {
      WorkerProcess worker = all.startProgram(jdk, "sdk", program());
      try (HttpClientSocket busy = new HttpClientSocket(all.port);
          HttpClientSocket idle = new HttpClientSocket(all.port)) {
        assertThat(toldToClose(idle)).isFalse();
        assertThat(toldToClose(busy)).isFalse();
        all.drain(1);
        worker.await("DRAINING");
        while (!toldToClose(busy)) {
          Thread.sleep(5);
        }
        assertThat(busy.closed()).isTrue();
        // it was silent all the time, and is served all the same
        assertThat(toldToClose(idle)).isTrue();
        assertThat(idle.closed()).isTrue();
      } catch (Throwable e) {
        throw new AssertionError(all.said(), e);
      }
      assertThat(all.errors()).isEmpty();
    }
  }

  @Test
  void connectionsThatMoveAreNot() throws Exception {
    Path jdk = Program.jdks().get(0);
    try (Generations all = new Generations(dir)) {
      WorkerProcess worker = all.startProgram(jdk, "sdk", program());
      try (HttpClientSocket client = new HttpClientSocket(all.port)) {
        all.drain(1);
        worker.await("DRAINING");
        for (int i = 0; i < 20; i++) {
          assertThat(toldToClose(client)).isFalse();
        }
        all.startProgram(jdk, "sdk", program());
        all.handOver(1, 2);
        assertThat(client.moved("g2")).isTrue();
      } catch (Throwable e) {
        throw new AssertionError(all.said(), e);
      }
      assertThat(all.errors()).isEmpty();
    }
  }
}
