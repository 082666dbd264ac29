package dev.graceful.worker;

import java.time.Instant;
import java.util.Objects;
import java.util.Optional;
import java.util.function.LongConsumer;

/**
 * What an application can ask of and tell the supervisor that runs it. An application needs none of
 * it: a server is restarted without losing a request whether it calls this class or not.
 *
 * <p>Every method may be called from any thread, at any time, from any class loader, and none
 * throws or blocks for lack of a supervisor.
 */
public final class Graceful {
  private Graceful() {}

  /** Whether this JVM is a worker of a supervisor. */
  public static boolean supervised() {
    return Supervision.present();
  }

  /** Which launch of a worker this is, from 1; 0 where nobody supervises. */
  public static int generation() {
    return Supervision.call("generation") instanceof Integer generation ? generation : 0;
  }

  /**
   * Where this worker is in its life. Unsupervised it follows the JVM: {@link State#RUNNING}, and
   * {@link State#SHUTTING_DOWN} once the JVM's shutdown hooks run.
   */
  public static State state() {
    if (Supervision.call("state") instanceof String name) {
      try {
        return State.valueOf(name);
      } catch (IllegalArgumentException unknown) {
        // of a newer agent; the JVM's own state is the best that can be said
      }
    }
    return jvmShutsDown() ? State.SHUTTING_DOWN : State.RUNNING;
  }

  /**
   * Says that this application will call {@link #ready()} itself: until then the supervisor does
   * not let this worker take over, even if it answers probes. To be called before the first
   * listener is bound. Where {@code ready()} never comes, the upgrade fails when the supervisor's
   * ready timeout is over, and the serving worker goes on.
   */
  public static void holdReady() {
    Supervision.call("hold");
  }

  /** Says that this worker is ready to serve. Unsupervised, and when called again, nothing. */
  public static void ready() {
    Supervision.call("ready");
  }

  /**
   * Tells the listener once when this worker begins to drain; at once if it drains already.
   * Unsupervised there is no drain, so it is never called: a JVM shutdown hook does that job.
   */
  public static void onDrain(DrainListener listener) {
    Objects.requireNonNull(listener, "listener");
    LongConsumer told = millis -> listener.onDrain(hammerTime(millis));
    Supervision.call("onDrain", told);
  }

  /**
   * Runs the hook before the supervisor acts on a signal that it was sent. Hooks of one signal run
   * in the order in which they were registered, in the worker that serves; the supervisor waits for
   * them for a while, and no hook can prevent what the signal does. Unsupervised, hooks never run.
   */
  public static void before(Signal signal, Runnable hook) {
    hook("BEFORE", signal, hook);
  }

  /** As {@link #before}, but after the supervisor has acted on the signal. */
  public static void after(Signal signal, Runnable hook) {
    hook("AFTER", signal, hook);
  }

  private static void hook(String phase, Signal signal, Runnable hook) {
    Objects.requireNonNull(hook, "hook");
    Supervision.call("hook", phase, signal.name(), hook);
  }

  private static Optional<Instant> hammerTime(long millis) {
    return millis < 0 ? Optional.empty() : Optional.of(Instant.now().plusMillis(millis));
  }

  /**
   * The JVM has no question for this, but it refuses a shutdown hook once it shuts down. A hook of
   * our own that sets a flag would answer too, but would hold this class's loader for ever.
   */
  private static boolean jvmShutsDown() {
    Thread probe = new Thread(() -> {});
    try {
      Runtime.getRuntime().addShutdownHook(probe);
      Runtime.getRuntime().removeShutdownHook(probe);
      return false;
    } catch (IllegalStateException shutdownInProgress) {
      return true;
    }
  }
}
