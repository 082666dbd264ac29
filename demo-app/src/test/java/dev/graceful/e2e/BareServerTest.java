package dev.graceful.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.graceful.demo.soak.Load;
import dev.graceful.demo.soak.LoadPlan;
import dev.graceful.demo.soak.Tally;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The test servers are sound by themselves: what fails under graceful fails because of it. */
@Timeout(value = 10, unit = TimeUnit.MINUTES)
class BareServerTest {
  @TempDir Path folder;

  @ParameterizedTest
  @CsvSource({"nio, false", "channel, true", "socket, true", "async, false", "httpserver, true"})
  void answersEverything(String kind, boolean keepAlive) throws Exception {
    int port = Ports.free();
    Path jar = Jars.server("v1", "kind=" + kind, "ports=" + port).moveTo(folder.resolve("a.jar"));
    ProcessBuilder builder =
        new ProcessBuilder(Jdk.own().home().resolve("bin/java").toString(), "-jar", jar + "");
    Program.scrub(builder.environment());
    Process process = builder.redirectErrorStream(true).start();
    Lines said = new Lines("said", process.getInputStream());
    try {
      said.await("serving v1");
      LoadPlan plan = LoadPlan.of(new InetSocketAddress("127.0.0.1", port), 4);
      try (Load load = Load.start(keepAlive ? plan.keepingAlive() : plan)) {
        load.awaitMore(300, 120_000);
        Tally tally = load.stop();
        assertThat(tally.failures()).as(tally + " " + said.all()).isEmpty();
        assertThat(tally.closedIdle()).isZero();
        assertThat(tally.versions().keySet()).contains("v1");
      }
    } finally {
      Program.signal("TERM", process.pid());
      process.waitFor();
    }
    said.await("shutdown hook of v1");
  }
}
