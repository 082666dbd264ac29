package dev.graceful.supervisor;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;

/** A process is taken for a worker by its command line only if that is exactly right. */
class SurvivorsTest {
  private static final String SOCKET = "/run/graceful/shop/worker.sock";

  private static OptionalInt generation(String agent) {
    return Survivors.generation(List.of("java", "-Xmx1g", agent, "-jar", "app.jar"), SOCKET);
  }

  @Test
  void aWorkerIsRecognized() {
    assertThat(
            generation(
                "-agentlib:instrument=/opt/g/worker/graceful-agent.jar=socket="
                    + SOCKET
                    + ";generation=12;connections=move;native=/x"))
        .hasValue(12);
  }

  @Test
  void whatIsNoWorkerOfThisInstanceIsNot() {
    String agent = "-javaagent:/opt/g/worker/graceful-agent.jar=";
    assertThat(generation(agent + "socket=" + SOCKET + "2;generation=12")).isEmpty();
    assertThat(generation(agent + "socket=/other;generation=12;socket2=" + SOCKET)).isEmpty();
    assertThat(generation(agent + "socket=" + SOCKET + ";generation=0")).isEmpty();
    assertThat(generation(agent + "socket=" + SOCKET + ";generation=x")).isEmpty();
    assertThat(generation(agent + "socket=" + SOCKET)).isEmpty();
    assertThat(generation("-javaagent:/opt/other.jar=socket=" + SOCKET + ";generation=1"))
        .isEmpty();
    assertThat(generation("socket=" + SOCKET + ";generation=1")).isEmpty();
    assertThat(Survivors.generation(List.of(), SOCKET)).isEmpty();
  }
}
