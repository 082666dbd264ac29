package dev.graceful.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.graceful.demo.soak.Chaos;
import dev.graceful.demo.soak.ChaosInstance;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * Some blows in a random order; {@code scripts/soak --chaos} goes on for longer, and so does {@code
 * -Dgraceful.chaos.seconds=300}.
 */
@Timeout(value = 10, unit = TimeUnit.MINUTES)
class ChaosIT {
  private static final long SEED = Long.getLong("graceful.seed", System.nanoTime() % 1_000_000);

  private static final int SECONDS = Integer.getInteger("graceful.chaos.seconds", 15);

  @RegisterExtension final Workshop workshop = new Workshop();

  @Test
  void onlyAWorkerThatIsKilledCostsRequests() throws Exception {
    Path folder = workshop.folder("chaos");
    try (ChaosInstance instance = ChaosInstance.start(Program.LAUNCHER, folder)) {
      List<String> complaints = Chaos.run(System.out, instance, SEED, SECONDS, 4);
      assertThat(complaints).as("seed " + SEED).isEmpty();
    }
  }
}
