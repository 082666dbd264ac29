package dev.graceful.supervisor;

import dev.graceful.core.Core;
import dev.graceful.core.Effect;
import dev.graceful.core.Event;
import dev.graceful.core.State;
import dev.graceful.posix.Memory;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.OptionalLong;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One thread takes what happened from one queue, feeds the core, and has its effects carried out.
 * {@link #post} may be called by any thread; all else only by the loop's.
 */
final class Loop {
  private static final Logger LOG = LoggerFactory.getLogger(Loop.class);

  /**
   * After this time without an event what the events took is given back. HotSpot itself lets go of
   * its compiler's memory every 5 s only.
   */
  private static final long REST_MILLIS = 8_000;

  /** Carries out one effect; what follows from it at once is fed, what comes later is posted. */
  interface Deeds {
    void carryOut(Effect effect);

    /** All effects of an event have been carried out. */
    void stepped();
  }

  private final LinkedBlockingQueue<Runnable> inbox = new LinkedBlockingQueue<>();
  private final Deque<Event> immediate = new ArrayDeque<>();
  private State state;
  private @Nullable Deeds deeds;
  private Consumer<State> memory = state -> {};
  private boolean feeding;
  private boolean restless;

  Loop(State initial) {
    this.state = initial;
  }

  /**
   * Milliseconds of a clock that never goes back and is the same for all processes: Java's is
   * CLOCK_MONOTONIC of clock_gettime(2), so deadlines outlive the supervisor.
   */
  static long now() {
    return System.nanoTime() / 1_000_000;
  }

  State state() {
    return state;
  }

  /** Has something done by the loop's thread. */
  void post(Runnable work) {
    inbox.add(work);
  }

  /** Has the core deal with an event, later. */
  void post(Event event) {
    inbox.add(() -> feed(event));
  }

  /**
   * Has the core deal with an event before anything else happens. Called while an effect is carried
   * out, it waits until all effects of that step have been.
   */
  void feed(Event event) {
    immediate.add(event);
    if (feeding) {
      return;
    }
    feeding = true;
    try {
      for (Event next = immediate.poll(); next != null; next = immediate.poll()) {
        step(next);
      }
    } finally {
      feeding = false;
    }
  }

  private void step(Event event) {
    restless = true;
    Core.Result result = Core.apply(state, event, now());
    state = result.state();
    memory.accept(state);
    for (Effect effect : result.effects()) {
      if (deeds != null) {
        try {
          deeds.carryOut(effect);
        } catch (RuntimeException | OutOfMemoryError e) {
          // one failed deed must not keep the others from being done
          LOG.error("an internal error in {}, please report it", effect, e);
        }
      }
    }
    if (deeds != null) {
      deeds.stepped();
    }
    memory.accept(state);
  }

  /** Does all that was posted so far; for work that the loop's thread does. */
  void drain() {
    for (Runnable work = inbox.poll(); work != null; work = inbox.poll()) {
      carefully(work);
    }
  }

  private void carefully(Runnable work) {
    try {
      work.run();
    } catch (RuntimeException e) {
      // one failed deed must not end the service
      LOG.error("an internal error, please report it", e);
      feeding = false;
    }
  }

  /**
   * Runs until the core says that all is done.
   *
   * @param ledger is told each state before the effects that follow from it, and after them
   */
  void run(Deeds actor, Consumer<State> ledger, Event first) throws InterruptedException {
    deeds = actor;
    memory = ledger;
    feed(first);
    while (!state.finished()) {
      OptionalLong deadline = state.nextDeadline();
      long wait = deadline.isPresent() ? deadline.getAsLong() - now() : Long.MAX_VALUE;
      boolean last = restless && wait > REST_MILLIS;
      Runnable work = next(last ? REST_MILLIS : wait);
      if (work == null && last) {
        restless = false;
        Memory.giveBack();
      }
      if (work != null) {
        carefully(work);
      }
      OptionalLong due = state.nextDeadline();
      if (due.isPresent() && due.getAsLong() <= now()) {
        feed(new Event.Tick());
      }
    }
  }

  private @Nullable Runnable next(long wait) throws InterruptedException {
    if (wait == Long.MAX_VALUE) {
      return inbox.take();
    }
    return wait > 0 ? inbox.poll(wait, TimeUnit.MILLISECONDS) : null;
  }
}
