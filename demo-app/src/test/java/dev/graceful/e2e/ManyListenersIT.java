package dev.graceful.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.graceful.demo.soak.Load;
import dev.graceful.demo.soak.LoadPlan;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * Many listeners are handed on together. {@code -Dgraceful.listeners=300} for more than the kernel
 * passes in one message (253).
 */
@Timeout(value = 10, unit = TimeUnit.MINUTES)
class ManyListenersIT {
  private static final int COUNT = Integer.getInteger("graceful.listeners", 100);

  @RegisterExtension final Workshop workshop = new Workshop();

  @Test
  void allAreHandedOnTogetherAndOutliveTheSupervisor() throws Exception {
    List<Integer> ports =
        IntStream.range(0, COUNT).mapToObj(i -> port()).sorted().collect(Collectors.toList());
    String list = ports.stream().map(String::valueOf).collect(Collectors.joining(","));
    int last = ports.get(COUNT - 1);
    GracefulProcess run =
        workshop
            .launch()
            .port(ports.get(0))
            .arguments("ports=" + list)
            .serving(Jars.server("v1"), "v1");
    InetSocketAddress lastAddress = new InetSocketAddress("127.0.0.1", last);
    run.awaitVersion(lastAddress, "v1");
    try (Load first = Load.start(run.load(2));
        Load other = Load.start(LoadPlan.of(lastAddress, 2))) {
      first.awaitMore(10, 120_000);
      other.awaitMore(10, 120_000);
      run.swap(Jars.server("v2"), "v2");
      first.awaitMore(10, 120_000);
      other.awaitMore(10, 120_000);
      System.out.println(COUNT + " listeners, " + run.status().lastReload());
      assertThat(run.status().ports()).isEqualTo(ports);
      run.awaitOneWorker();

      run.killSupervisor();
      run = run.again();
      run.err().await("adopted: g2 serves");
      assertThat(run.status().ports()).isEqualTo(ports);
      run.swap(Jars.server("v3"), "v3");
      first.awaitMore(10, 120_000);
      other.awaitMore(10, 120_000);
      run.awaitOneWorker();

      Cli upgrade = run.cli("upgrade-supervisor");
      assertThat(upgrade.exit()).as(upgrade.toString()).isZero();
      assertThat(run.status().ports()).isEqualTo(ports);
      run.swap(Jars.server("v4"), "v4");
      first.awaitMore(10, 120_000);
      other.awaitMore(10, 120_000);
      for (int port : ports) {
        InetSocketAddress address = new InetSocketAddress("127.0.0.1", port);
        assertThat(GracefulProcess.get(address, "/").version()).isEqualTo("v4");
      }
      HotSwapIT.assertFlawless(first.stop(), "v1", "v2", "v3", "v4");
      HotSwapIT.assertFlawless(other.stop(), "v1", "v2", "v3", "v4");
    }
    run.signal("TERM");
    assertThat(run.awaitExit()).isZero();
  }

  private static int port() {
    try {
      return Ports.free();
    } catch (java.io.IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }
}
