package dev.graceful.agent.runtime;

import dev.graceful.agent.runtime.move.MoveHooks;
import dev.graceful.agent.runtime.move.Moving;
import dev.graceful.agent.runtime.netty.NettyTraffic;
import dev.graceful.agent.runtime.netty.NettyWeaver;
import dev.graceful.agent.runtime.weave.HookClasses;
import dev.graceful.agent.runtime.weave.JavaMemory;
import dev.graceful.agent.runtime.weave.Kept;
import dev.graceful.agent.runtime.weave.Points;
import dev.graceful.agent.runtime.weave.Weaver;
import dev.graceful.wire.Message;
import java.io.File;
import java.lang.instrument.ClassFileTransformer;
import java.lang.instrument.IllegalClassFormatException;
import java.lang.instrument.Instrumentation;
import java.lang.instrument.UnmodifiableClassException;
import java.security.ProtectionDomain;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Puts the runtime together; called once, by the agent. */
public final class Worker {
  private final Instrumentation instrumentation;
  private final Arguments arguments;
  private final Kept kept;
  private final JavaBase javaBase;
  private final Seats seats = new Seats();
  private final Application application = new Application();
  private final JavaMemory memory;
  private final Moving moving;
  private final Link link;

  private Worker(Instrumentation instrumentation, Arguments arguments, JavaBase javaBase, Kept kept)
      throws ReflectiveOperationException {
    this.instrumentation = instrumentation;
    this.arguments = arguments;
    this.kept = kept;
    this.javaBase = javaBase;
    this.memory = JavaMemory.make(kept);
    this.moving = Moving.create(memory, seats, new Threads.Named("connections"));
    this.link = new Link(arguments, javaBase, seats, application, moving);
  }

  /**
   * Starts the link on a thread of its own and puts the hooks in on this one.
   *
   * @param keptBefore what an earlier start has kept; then no class that is to be changed is loaded
   *     by this thread, and {@code gate} gets what changes them
   * @param ordered run when the application may look for its classes
   * @param bridge takes what answers the public API's commands
   * @throws Exception if nothing has been started
   */
  public static void start(
      Instrumentation instrumentation,
      String text,
      byte @Nullable [] keptBefore,
      Runnable ordered,
      Consumer<Function<Object[], @Nullable Object>> bridge,
      Consumer<ClassFileTransformer> gate)
      throws Exception {
    Kept kept = keptBefore == null ? Kept.empty() : Kept.read(keptBefore);
    Arguments arguments = Arguments.parse(text);
    JavaBase javaBase = JavaBase.open(instrumentation);
    if (arguments.first() > 0) {
      ClassPath.order(arguments.first());
    }
    ordered.run();
    Worker worker = new Worker(instrumentation, arguments, javaBase, kept);
    Threads.start("link", worker.link, null);
    try {
      bridge.accept(
          new Commands(
              worker.arguments.generation(), worker.application, worker.link, worker.moving));
      worker.hook(gate);
      worker.tellExit();
    } catch (Throwable e) {
      worker.link.stepAside(e);
    }
  }

  private void hook(Consumer<ClassFileTransformer> gate) throws Exception {
    Hooks points = new Hooks(arguments.moving());
    HookClasses.define(
        javaBase.channels(),
        points,
        List.of(new BindHooks(seats, link, javaBase, moving.traffic()), moving.hooks()),
        kept);
    NettyListeners listeners = new NettyListeners(seats, link, moving.traffic());
    ClassFileTransformer netty =
        NettyWeaver.make(
            javaBase.publicChannels(),
            listeners,
            new NettyTraffic(listeners, seats, moving, memory),
            arguments.moving());
    if (!arguments.moving()) {
      moving.off();
    }
    if (kept.complete()) {
      gate.accept(new Both(Weaver.asKept(instrumentation, points, kept), netty));
    } else {
      weave(points);
      instrumentation.addTransformer(netty);
    }
  }

  private void weave(Hooks points) throws UnmodifiableClassException {
    String missing = Weaver.weave(instrumentation, points.needed(), points.wanted(), kept);
    if (missing == null) {
      if (!arguments.kept().isEmpty()) {
        Threads.start("keep", new Keep(kept, new File(arguments.kept()), instrumentation), null);
      }
    } else {
      moving.off();
      if (arguments.moving()) {
        Application.complain(
            "live connections do not pass to the next worker, they end with this one, because "
                + missing
                + "; use another JDK, or --connections drain if that is what you want");
        Weaver.weave(instrumentation, points.needed(), BindHooks.watching(), Kept.empty());
      }
    }
  }

  private void tellExit() {
    try {
      Runtime.getRuntime()
          .addShutdownHook(Threads.create("exit", new Exit(application, link), null));
    } catch (IllegalStateException e) {
      // the application has begun to end already: the supervisor will see it
    }
  }

  /** Where hooks go; asked for only where they are not kept. */
  private record Hooks(boolean moving) implements Points.Source {
    Points needed() {
      return BindHooks.points();
    }

    Points wanted() {
      Points watching = BindHooks.watching();
      return moving ? watching.and(MoveHooks.points()) : watching;
    }

    @Override
    public Points points() {
      return needed().and(wanted());
    }
  }

  /** The JDK's classes have no loader, Netty's have one. */
  private record Both(ClassFileTransformer jdk, ClassFileTransformer netty)
      implements ClassFileTransformer {
    @Override
    public byte @Nullable [] transform(
        @Nullable ClassLoader loader,
        @Nullable String name,
        @Nullable Class<?> redefined,
        @Nullable ProtectionDomain domain,
        byte[] bytes)
        throws IllegalClassFormatException {
      ClassFileTransformer weaver = loader == null ? jdk : netty;
      return weaver.transform(loader, name, redefined, domain, bytes);
    }
  }

  /** Tells that the application has begun to end, whoever asked for it. */
  private record Exit(Application application, Link link) implements Runnable {
    @Override
    public void run() {
      try {
        application.awaitNotices();
      } catch (InterruptedException e) {
        // nobody but the application's misuse of our thread: no wait then
      }
      application.reached(Application.State.TERMINATED);
      link.send(new Message.Exiting());
    }
  }
}
