package dev.graceful.supervisor;

import dev.graceful.config.InstanceDirectory;
import dev.graceful.control.Outcome;
import dev.graceful.control.Responder;
import dev.graceful.listener.Listeners;
import dev.graceful.posix.NativeProcesses;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The supervisor becomes the program that is installed now, by execve(2): its pid, its children,
 * its blocked and pending signals and the shared listeners stay. What it knows is in the ledger,
 * and the new program adopts the workers as it would those of any other supervisor. The loop's
 * thread only. No shell stands between the two programs: a signal at that time could kill it.
 */
final class SelfUpgrade {
  private static final Logger LOG = LoggerFactory.getLogger("graceful");
  private static final String STAYS = "the supervisor stays as it is: ";

  private final Loop loop;
  private final Releases releases;
  private final Listeners listeners;
  private final SignalReader signals;
  private final InstanceDirectory directory;
  private final String launcher = System.getProperty("graceful.launcher", "");
  private @Nullable Responder requester;
  private Preflight.@Nullable Plan plan;
  private boolean waits;

  SelfUpgrade(
      Loop loop,
      Releases releases,
      Listeners listeners,
      SignalReader signals,
      InstanceDirectory directory) {
    this.loop = loop;
    this.releases = releases;
    this.listeners = listeners;
    this.signals = signals;
    this.directory = directory;
  }

  /** An operator asks for it. */
  void request(Responder responder) {
    String obstacle = obstacle();
    if (obstacle != null) {
      responder.done(new Outcome(1, STAYS + obstacle, null));
      return;
    }
    requester = responder;
    plan = null;
    waits = false;
    Threads.start("preflight", this::check);
  }

  private void check() {
    try {
      Preflight.Plan good = new Preflight(launcher, directory.output()).run();
      loop.post(() -> checked(good));
    } catch (IOException | RuntimeException e) {
      loop.post(() -> refuse(String.valueOf(e.getMessage())));
    }
  }

  private @Nullable String obstacle() {
    if (loop.state().stopping()) {
      return "it is stopping";
    }
    if (requester != null) {
      return "it is being replaced already";
    }
    if (launcher.isEmpty()) {
      return "it was not started by scripts/graceful, so what to start is not known";
    }
    return null;
  }

  private void checked(Preflight.Plan good) {
    say("the supervisor is replaced by " + good.version() + " of " + launcher);
    plan = good;
    settle();
  }

  /** Goes on when nothing is under way any more. */
  void settle() {
    Preflight.Plan next = plan;
    if (requester == null || next == null) {
      return;
    }
    if (loop.state().stopping()) {
      refuse("it is stopping");
    } else if (busy()) {
      if (!waits) {
        waits = true;
        say("an upgrade of the application is under way: waiting for its end");
      }
    } else {
      plan = null;
      loop.post(() -> replace(next));
    }
  }

  private boolean busy() {
    return loop.state().upgrade() != null || loop.state().hook() != null;
  }

  private void replace(Preflight.Plan next) {
    // what was read of the signals is dealt with here, and what is not read stays pending
    signals.pause();
    loop.drain();
    String why = null;
    if (busy()) {
      plan = next;
    } else if (loop.state().stopping()) {
      why = "it is stopping";
    } else {
      why = exec(next);
    }
    try {
      signals.resume();
    } catch (IOException e) {
      LOG.error("no signal is read any more: {}", e.getMessage());
    }
    if (why != null) {
      refuse(why);
    }
  }

  private String exec(Preflight.Plan next) {
    try (Inheritance.Bequest bequest = Inheritance.leave(listeners, directory.lockFile())) {
      List<byte[]> environment = new ArrayList<>(next.environment());
      environment.add(NativeProcesses.bytes(bequest.variable()));
      environment.add(NativeProcesses.bytes(Inheritance.JAR + "=" + releases.source()));
      return String.valueOf(NativeProcesses.exec(next.command(), environment).getMessage());
    } catch (IOException e) {
      return String.valueOf(e.getMessage());
    }
  }

  private void say(String line) {
    LOG.info(line);
    if (requester != null) {
      requester.say(line);
    }
  }

  private void refuse(String why) {
    LOG.warn("{}{}", STAYS, why);
    if (requester != null) {
      requester.done(new Outcome(1, STAYS + why, null));
    }
    requester = null;
    plan = null;
  }
}
