package dev.graceful.supervisor;

import dev.graceful.control.Outcome;
import dev.graceful.control.Request;
import dev.graceful.control.Responder;
import dev.graceful.core.Action;
import dev.graceful.core.Event;
import dev.graceful.core.GenerationState;
import dev.graceful.core.Signal;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.LongFunction;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Operators' requests, and who waits for which answer. */
final class Desk {
  /** How long good news waits for a worker that does not say that it has left its listeners. */
  private static final long LEAVING_MILLIS = 2_000;

  private final Loop loop;
  private final Map<Long, Responder> waiting = new HashMap<>();
  private final List<Runnable> goodbyes = new ArrayList<>();
  private final List<Runnable> held = new ArrayList<>();
  private @Nullable SelfUpgrade selfUpgrade;
  private Supplier<Supplier<Outcome>> status = () -> () -> new Outcome(1, "starting", null);
  private Supplier<Supplier<Outcome>> releases = () -> () -> new Outcome(1, "starting", null);
  private long last;

  Desk(Loop loop) {
    this.loop = loop;
  }

  /**
   * How the state is reported.
   *
   * @param report called by the loop's thread; what it returns may take its time
   */
  void status(Supplier<Supplier<Outcome>> report) {
    status = report;
  }

  void selfUpgrade(SelfUpgrade upgrade) {
    selfUpgrade = upgrade;
  }

  /**
   * @param list called by the loop's thread; what it returns may take its time
   */
  void releases(Supplier<Supplier<Outcome>> list) {
    releases = list;
  }

  /** Any thread. */
  void handle(Request request, Responder responder) {
    loop.post(() -> take(request, responder));
  }

  private void take(Request request, Responder responder) {
    switch (request.command()) {
      case "status" -> aside("status", status.get(), responder);
      case "reload" -> ask(Signal.HUP, request.arguments().get("jar"), responder);
      case "rollback" -> ask(responder, Action::rollback);
      case "releases" -> aside("releases", releases.get(), responder);
      case "hammer" -> ask(Signal.USR2, null, responder);
      case "stop" -> ask(Signal.TERM, null, responder);
      case "upgrade-supervisor" -> upgrade(responder);
      default ->
          responder.done(
              new Outcome(1, request.command() + " is not supported by this version", null));
    }
  }

  private static void aside(String name, Supplier<Outcome> outcome, Responder responder) {
    try {
      Threads.start(name, () -> responder.done(outcome.get()));
    } catch (IllegalStateException e) {
      responder.done(outcome.get()); // no thread can be made: then while all else waits
    }
  }

  private void upgrade(Responder responder) {
    if (selfUpgrade != null) {
      selfUpgrade.request(responder);
    }
  }

  private void ask(Signal signal, @Nullable String source, Responder responder) {
    ask(responder, requester -> new Action(signal, requester, source));
  }

  private void ask(Responder responder, LongFunction<Action> action) {
    long requester = ++last;
    waiting.put(requester, responder);
    loop.feed(new Event.Asked(action.apply(requester)));
  }

  /** What is said to the operator's log goes to those who wait, too. */
  void progress(String line) {
    waiting.values().forEach(r -> r.say(line));
  }

  /** The end of a stop is told last, when nothing of this instance is left. */
  void answer(long requester, int exitCode, String message) {
    Responder responder = waiting.remove(requester);
    if (responder == null) {
      return;
    }
    Outcome outcome = new Outcome(exitCode, message, null);
    if (loop.state().finished()) {
      goodbyes.add(() -> responder.done(outcome));
    } else if (exitCode == 0 && leaving()) {
      held.add(() -> responder.done(outcome));
      Threads.start("answer", this::releaseLater);
    } else {
      responder.done(outcome);
    }
  }

  /** Whether a draining worker may accept still: it has not said that it is off its listeners. */
  private boolean leaving() {
    return loop.state().generations().values().stream()
        .anyMatch(g -> g.state() == GenerationState.DRAINING && g.reseat() != 0);
  }

  /** Who was told that a reload is done meets the new generation and no other. */
  void settle() {
    if (selfUpgrade != null) {
      selfUpgrade.settle();
    }
    if (!held.isEmpty() && !leaving()) {
      release();
    }
  }

  private void releaseLater() {
    Threads.pause(LEAVING_MILLIS);
    loop.post(this::release);
  }

  private void release() {
    held.forEach(Runnable::run);
    held.clear();
  }

  void sayGoodbye() {
    release();
    goodbyes.forEach(Runnable::run);
    goodbyes.clear();
  }
}
