package dev.graceful.agent.runtime;

import dev.graceful.agent.runtime.move.Moving;
import dev.graceful.wire.HookPhase;
import dev.graceful.wire.HookSignal;
import java.util.function.Function;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/** What the public API asks through the bridge. Unknown commands have no answer. */
final class Commands implements Function<Object[], @Nullable Object> {
  private final int generation;
  private final Application application;
  private final Link link;
  private final Moving moving;

  Commands(int generation, Application application, Link link, Moving moving) {
    this.generation = generation;
    this.application = application;
    this.link = link;
    this.moving = moving;
  }

  @Override
  public @Nullable Object apply(Object[] command) {
    try {
      return answer(command);
    } catch (Throwable e) {
      return null; // a command of another version
    }
  }

  private @Nullable Object answer(Object[] command) {
    switch ((String) command[0]) {
      case "generation" -> {
        return generation;
      }
      case "state" -> {
        return application.state().name();
      }
      case "connections" -> {
        return moving.on() ? "move" : "drain";
      }
      case "hold" -> application.hold();
      case "ready" -> application.becomeReady();
      case "onDrain" -> {
        application.onDrain((LongConsumer) command[1]);
        return null;
      }
      case "hook" ->
          application.addHook(
              HookPhase.valueOf((String) command[1]),
              HookSignal.valueOf((String) command[2]),
              (Runnable) command[3]);
      default -> {
        return null;
      }
    }
    link.tell();
    return null;
  }
}
