package dev.graceful.worker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.lang.reflect.Field;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.LongConsumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(300)
class GracefulTest {
  private final List<Object[]> commands = new ArrayList<>();

  @AfterEach
  void leave() throws Exception {
    Field call = bridge();
    if (call != null) {
      call.set(null, null);
    }
  }

  @Test
  void unsupervisedNothingHappens() {
    assertThat(Graceful.supervised()).isFalse();
    assertThat(Graceful.generation()).isZero();
    assertThat(Graceful.state()).isEqualTo(State.RUNNING);
    Runnable never =
        () -> {
          throw new AssertionError("ran");
        };
    Graceful.holdReady();
    Graceful.ready();
    Graceful.onDrain(hammerTime -> never.run());
    for (Signal signal : Signal.values()) {
      Graceful.before(signal, never);
      Graceful.after(signal, never);
    }
  }

  @Test
  void speaksWithTheAgent() throws Exception {
    answerWith(
        command ->
            switch ((String) command[0]) {
              case "generation" -> 7;
              case "state" -> "SHUTTING_DOWN";
              default -> null;
            });
    assertThat(Graceful.supervised()).isTrue();
    assertThat(Graceful.generation()).isEqualTo(7);
    assertThat(Graceful.state()).isEqualTo(State.SHUTTING_DOWN);
    commands.clear();
    Runnable hook = () -> {};
    Graceful.holdReady();
    Graceful.ready();
    Graceful.before(Signal.HUP, hook);
    Graceful.after(Signal.TSTP, hook);
    assertThat(commands)
        .containsExactly(
            new Object[] {"hold"},
            new Object[] {"ready"},
            new Object[] {"hook", "BEFORE", "HUP", hook},
            new Object[] {"hook", "AFTER", "TSTP", hook});
  }

  @Test
  void tellsTheHammerTime() throws Exception {
    answerWith(command -> null);
    List<Optional<Instant>> told = new ArrayList<>();
    Graceful.onDrain(told::add);
    LongConsumer drain = (LongConsumer) commands.get(0)[1];
    Instant before = Instant.now();
    drain.accept(60_000);
    drain.accept(-1);
    assertThat(told.get(0).orElseThrow())
        .isBetween(before.plusSeconds(60), Instant.now().plus(Duration.ofSeconds(60)));
    assertThat(told.get(1)).isEmpty();
  }

  @Test
  void anAgentThatFailsOrIsOfAnotherTimeHarmsNobody() throws Exception {
    answerWith(
        command -> {
          throw new IllegalStateException("broken");
        });
    assertThat(Graceful.generation()).isZero();
    assertThat(Graceful.state()).isEqualTo(State.RUNNING);
    Graceful.ready();
    answerWith(command -> "ANOTHER");
    assertThat(Graceful.generation()).isZero();
    assertThat(Graceful.state()).isEqualTo(State.RUNNING);
  }

  private void answerWith(Function<Object[], Object> agent) throws Exception {
    Field call = bridge();
    assumeTrue(call != null, "no agent in this build");
    call.set(
        null,
        (Function<Object[], Object>)
            command -> {
              commands.add(Arrays.copyOf(command, command.length));
              return agent.apply(command);
            });
  }

  private static Field bridge() throws Exception {
    try {
      return Class.forName("dev.graceful.agent.Bridge").getField("call");
    } catch (ClassNotFoundException e) {
      return null;
    }
  }
}
