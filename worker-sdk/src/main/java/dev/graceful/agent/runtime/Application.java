package dev.graceful.agent.runtime;

import dev.graceful.wire.HookPhase;
import dev.graceful.wire.HookSignal;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/**
 * What the application has told us through the public API, and what it is told. Any thread. Its
 * code runs on threads of its own, with the context class loader that it registered it under.
 */
final class Application {
  /** The life of a worker as the application sees it. */
  enum State {
    INIT,
    RUNNING,
    SHUTTING_DOWN,
    TERMINATED
  }

  private record Registered(
      HookPhase phase, HookSignal signal, Runnable hook, @Nullable ClassLoader context) {}

  private record Drained(LongConsumer task, long millis) implements Runnable {
    @Override
    public void run() {
      try {
        task.accept(millis);
      } catch (Throwable e) {
        complain("the application's drain notice failed: " + e);
      }
    }
  }

  /**
   * How long a shutdown waits for notices: as long as a worker that was sent TERM has by default.
   */
  private static final long NOTICE_MILLIS = 5_000;

  private static final long LOOK_MILLIS = 50;

  private final List<Registered> hooks = new ArrayList<>();
  private final List<LongConsumer> drains = new ArrayList<>();
  private final List<@Nullable ClassLoader> drainContexts = new ArrayList<>();
  private final List<Thread> notices = new ArrayList<>();
  private State state = State.INIT;
  private boolean held;
  private boolean ready;
  private boolean draining;
  private long drainMillis;
  private long drainBegan;

  synchronized State state() {
    return state;
  }

  /** Goes to {@code next}, unless the life is beyond it already. */
  synchronized void reached(State next) {
    if (next.compareTo(state) > 0) {
      state = next;
    }
  }

  synchronized boolean held() {
    return held;
  }

  synchronized boolean ready() {
    return ready;
  }

  synchronized void hold() {
    held = true;
  }

  synchronized void becomeReady() {
    ready = true;
  }

  /** The bits of all hooks, as {@link HookSignal#bit}. */
  synchronized int hookMask() {
    int mask = 0;
    for (Registered hook : hooks) {
      mask |= hook.signal.bit(hook.phase);
    }
    return mask;
  }

  synchronized void addHook(HookPhase phase, HookSignal signal, Runnable hook) {
    hooks.add(new Registered(phase, signal, hook, Thread.currentThread().getContextClassLoader()));
  }

  /** Runs the hooks in the order of their registration, on this thread. */
  void runHooks(HookPhase phase, HookSignal signal) {
    List<Registered> registered;
    synchronized (this) {
      registered = List.copyOf(hooks);
    }
    for (Registered hook : registered) {
      if (hook.phase == phase && hook.signal == signal) {
        Thread.currentThread().setContextClassLoader(hook.context);
        try {
          hook.hook.run();
        } catch (Throwable e) {
          complain("a hook " + phase + " " + signal + " failed: " + e);
        }
      }
    }
  }

  /** The supervisor wants this worker to leave; {@code millis} until the hammer, negative: none. */
  synchronized void drain(long millis) {
    if (draining) {
      return;
    }
    draining = true;
    drainMillis = millis;
    drainBegan = System.nanoTime();
    reached(State.SHUTTING_DOWN);
    for (int i = 0; i < drains.size(); i++) {
      notice(drains.get(i), millis, drainContexts.get(i));
    }
    drains.clear();
    drainContexts.clear();
  }

  synchronized void onDrain(LongConsumer task) {
    ClassLoader context = Thread.currentThread().getContextClassLoader();
    if (!draining) {
      drains.add(task);
      drainContexts.add(context);
      return;
    }
    long passed = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - drainBegan);
    long left = drainMillis < 0 ? drainMillis : Math.max(0, drainMillis - passed);
    notice(task, left, context);
  }

  private void notice(LongConsumer task, long millis, @Nullable ClassLoader context) {
    Thread thread = Threads.create("drain", new Drained(task, millis), context);
    notices.add(thread);
    thread.start();
  }

  /**
   * Waits, for a while, until the drain notices that are under way have been taken: an idle worker
   * is told to end in the moment after it was told to drain, and a JVM does not wait for daemons.
   */
  void awaitNotices() throws InterruptedException {
    List<Thread> underWay;
    synchronized (this) {
      underWay = List.copyOf(notices);
    }
    long end = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(NOTICE_MILLIS);
    for (Thread notice : underWay) {
      while (notice.isAlive() && !exits(notice) && System.nanoTime() < end) {
        notice.join(LOOK_MILLIS);
      }
    }
  }

  /** Whether it waits itself for the JVM's end, which waits for us. */
  private static boolean exits(Thread notice) {
    for (StackTraceElement frame : notice.getStackTrace()) {
      if (frame.getClassName().equals("java.lang.Runtime")
          && frame.getMethodName().equals("exit")) {
        return true;
      }
    }
    return false;
  }

  static void complain(String what) {
    try {
      System.err.println("graceful: " + what.replace('\n', ' '));
    } catch (Throwable e) {
      // the application has taken its own standard error away
    }
  }
}
