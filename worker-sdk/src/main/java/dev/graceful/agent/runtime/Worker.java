package dev.graceful.agent.runtime;

import dev.graceful.agent.runtime.move.MoveHooks;
import dev.graceful.agent.runtime.move.Moving;
import dev.graceful.agent.runtime.netty.NettyTraffic;
import dev.graceful.agent.runtime.netty.NettyWeaver;
import dev.graceful.agent.runtime.weave.HookClasses;
import dev.graceful.agent.runtime.weave.JavaMemory;
import dev.graceful.agent.runtime.weave.Points;
import dev.graceful.agent.runtime.weave.Weaver;
import dev.graceful.wire.Message;
import java.lang.instrument.Instrumentation;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Puts the runtime together; called once, by the agent. */
public final class Worker {
  private Worker() {}

  /**
   * Starts the link on a thread of its own and puts the hooks in on this one.
   *
   * @param bridge takes what answers the public API's commands
   * @throws Exception if nothing has been started
   */
  public static void start(
      Instrumentation instrumentation,
      String text,
      Consumer<Function<Object[], @Nullable Object>> bridge)
      throws Exception {
    Arguments arguments = Arguments.parse(text);
    JavaBase javaBase = JavaBase.open(instrumentation);
    Seats seats = new Seats();
    Application application = new Application();
    JavaMemory memory = JavaMemory.make();
    Moving moving = Moving.create(memory, seats, new Threads.Named("connections"));
    Link link = new Link(arguments, javaBase, seats, application, moving);
    Threads.start("link", link, null);
    try {
      BindHooks bind = new BindHooks(seats, link, javaBase, moving.traffic());
      weave(instrumentation, javaBase, arguments.moving(), bind, moving);
      NettyListeners netty = new NettyListeners(seats, link, moving.traffic());
      NettyWeaver.install(
          instrumentation,
          javaBase.publicChannels(),
          netty,
          new NettyTraffic(netty, seats, moving, memory),
          arguments.moving());
      Runtime.getRuntime()
          .addShutdownHook(Threads.create("exit", new Exit(application, link), null));
      bridge.accept(new Commands(arguments.generation(), application, link, moving));
    } catch (Throwable e) {
      link.stepAside(e);
    }
  }

  private static void weave(
      Instrumentation instrumentation,
      JavaBase javaBase,
      boolean move,
      BindHooks bind,
      Moving moving)
      throws Exception {
    Points needed = BindHooks.points();
    Points watching = BindHooks.watching();
    Points wanted = move ? watching.and(MoveHooks.points()) : watching;
    HookClasses.define(javaBase.channels(), needed.and(wanted), List.of(bind, moving.hooks()));
    String missing = Weaver.weave(instrumentation, needed, wanted);
    if (missing != null || !move) {
      moving.off();
    }
    if (missing != null && move) {
      Application.complain(
          "live connections do not pass to the next worker, they end with this one, because "
              + missing
              + "; use another JDK, or --connections drain if that is what you want");
      Weaver.weave(instrumentation, needed, watching);
    }
  }

  /** Tells that the application has begun to end, whoever asked for it. */
  private record Exit(Application application, Link link) implements Runnable {
    @Override
    public void run() {
      application.reached(Application.State.TERMINATED);
      link.send(new Message.Exiting());
    }
  }
}
