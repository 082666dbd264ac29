package dev.graceful.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.graceful.demo.soak.Load;
import dev.graceful.demo.soak.LoadPlan;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Several ports, all families, and what the system refuses. */
@Timeout(value = 10, unit = TimeUnit.MINUTES)
class AddressesIT {
  @RegisterExtension final Workshop workshop = new Workshop();

  @Test
  void severalPortsAreHandedOnTogether() throws Exception {
    int a = Ports.free();
    int b = Ports.free();
    GracefulProcess run =
        workshop
            .launch()
            .port(a)
            .arguments("ports=" + a + "," + b)
            .serving(Jars.server("v1"), "v1");
    try (Load first = Load.start(run.load(4));
        Load second = Load.start(LoadPlan.of(new InetSocketAddress("127.0.0.1", b), 4))) {
      for (String version : new String[] {"v2", "v1", "v2"}) {
        run.swap(Jars.server(version), version);
        first.awaitMore(200, 120_000);
        second.awaitMore(200, 120_000);
      }
      HotSwapIT.assertFlawless(first.stop(), "v1", "v2");
      HotSwapIT.assertFlawless(second.stop(), "v1", "v2");
    }
    assertThat(run.status().ports()).containsExactlyInAnyOrder(a, b);
  }

  @ParameterizedTest
  @ValueSource(strings = {"nio", "socket", "async"})
  void ipv6(String kind) throws Exception {
    int port = Ports.free();
    InetSocketAddress address = new InetSocketAddress("::1", port);
    GracefulProcess run =
        workshop.launch().port(port).arguments("host=::1", "kind=" + kind).start(Jars.server("v1"));
    run.awaitVersion(address, "v1");
    try (Load load = Load.start(LoadPlan.of(address, 4))) {
      load.awaitMore(50, 120_000);
      Cli reload = run.reload(Jars.server("v2"));
      assertThat(reload.exit()).as(reload.toString()).isZero();
      load.awaitMore(50, 120_000);
      HotSwapIT.assertFlawless(load.stop(), "v1", "v2");
    }
    assertThat(GracefulProcess.get(address, "/info").text())
        .contains("local=/[0:0:0:0:0:0:0:1]:" + port);
  }

  @ParameterizedTest
  @ValueSource(strings = {"nio", "socket", "async", "httpserver"})
  void theWildcardOfBothFamilies(String kind) throws Exception {
    int port = Ports.free();
    GracefulProcess run =
        workshop
            .launch()
            .port(port)
            .arguments("host=", "kind=" + kind)
            .serving(Jars.server("v1"), "v1");
    InetSocketAddress six = new InetSocketAddress("::1", port);
    run.awaitVersion(six, "v1");
    try (Load four = Load.start(run.load(2));
        Load other = Load.start(LoadPlan.of(six, 2))) {
      four.awaitMore(20, 120_000);
      other.awaitMore(20, 120_000);
      run.swap(Jars.server("v2"), "v2");
      four.awaitMore(50, 120_000);
      other.awaitMore(50, 120_000);
      HotSwapIT.assertFlawless(four.stop(), "v1", "v2");
      HotSwapIT.assertFlawless(other.stop(), "v1", "v2");
    }
  }

  @Test
  void portsComeAndGoWithTheVersionThatSaysItIsReady() throws Exception {
    int a = Ports.free();
    int b = Ports.free();
    GracefulProcess run = workshop.launch().port(a).serving(Jars.server("v1"), "v1");

    Cli added = run.reload(Jars.server("v2", "sdk=hold", "ports=" + a + "," + b));
    assertThat(added.exit()).as(added.toString()).isZero();
    assertThat(run.get("/").version()).isEqualTo("v2");
    InetSocketAddress second = new InetSocketAddress("127.0.0.1", b);
    assertThat(GracefulProcess.get(second, "/").version()).isEqualTo("v2");
    assertThat(run.status().ports()).containsExactlyInAnyOrder(a, b);

    Cli dropped = run.reload(Jars.server("v3", "sdk=hold", "ports=" + b));
    assertThat(dropped.exit()).as(dropped.toString()).isZero();
    assertThat(GracefulProcess.get(second, "/").version()).isEqualTo("v3");
    Await.until("the port that nobody claims is closed", () -> refuses(a));
    assertThat(run.status().ports()).containsExactly(b);

    Cli moved = run.reload(Jars.server("v4", "sdk=hold", "ports=" + a));
    assertThat(moved.exit()).as(moved.toString()).isZero();
    assertThat(run.get("/").version()).isEqualTo("v4");
    Await.until("the other port is closed", () -> refuses(b));
  }

  private static boolean refuses(int port) throws IOException {
    try {
      GracefulProcess.get(new InetSocketAddress("127.0.0.1", port), "/");
      return false;
    } catch (ConnectException e) {
      return true;
    } catch (IOException e) {
      return false;
    }
  }

  @Test
  void theSystemsRefusalReachesTheApplication() throws Exception {
    try (ServerSocket taken = new ServerSocket()) {
      taken.bind(new InetSocketAddress("127.0.0.1", Ports.free()));
      String bare;
      try (ServerSocket second = new ServerSocket()) {
        second.bind(taken.getLocalSocketAddress());
        throw new AssertionError("two sockets on one port");
      } catch (IOException e) {
        bare = e.toString();
      }
      GracefulProcess run =
          workshop.launch().serving(Jars.server("v1", "tryport=" + taken.getLocalPort()), "v1");
      assertThat(run.get("/info").text()).contains("tried=" + bare);
      assertThat(run.status().ports()).containsExactly(run.port());
    }
  }

  @Test
  void aListenerThatIsClosedByTheApplicationIsClosedForAll() throws Exception {
    int tried = Ports.free();
    GracefulProcess run = workshop.launch().serving(Jars.server("v1", "tryport=" + tried), "v1");
    assertThat(run.get("/info").text()).contains("tried=bound");
    Await.until("the port is closed", () -> refuses(tried));
    assertThat(run.status().ports()).containsExactly(run.port());
  }

  @Test
  void aListenerOpenedInAdvanceKeepsClientsWaiting() throws Exception {
    int port = Ports.free();
    GracefulProcess run =
        workshop
            .launch()
            .port(port)
            .options("--listen", "127.0.0.1:" + port)
            .start(Jars.server("v1", "startgate=slow"));
    run.gate("slow").awaitSomebody();
    InFlight early = run.inFlight("/");
    run.gate("slow").open();
    assertThat(early.answer().version()).isEqualTo("v1");
  }

  @Test
  void nothingListensAfterTheEnd() throws Exception {
    GracefulProcess run = workshop.launch().serving(Jars.server("v1"), "v1");
    run.signal("TERM");
    assertThat(run.awaitExit()).isZero();
    assertThatThrownBy(() -> run.get("/")).isInstanceOf(ConnectException.class);
  }
}
