package dev.graceful.supervisor;

import dev.graceful.config.InstanceDirectory;
import dev.graceful.control.Outcome;
import dev.graceful.control.Responder;
import dev.graceful.listener.Listeners;
import dev.graceful.posix.NativeProcesses;
import dev.graceful.posix.ProcFs;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The supervisor becomes the program that is installed now, by execve(2): its pid, its children,
 * its blocked and pending signals and the shared listeners stay. What it knows is in the ledger,
 * and the new program adopts the workers as it would those of any other supervisor. The loop's
 * thread only.
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
  private boolean checked;
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
    checked = false;
    waits = false;
    Threads.start(
        "preflight",
        () -> {
          Preflight.Result result = Preflight.run(launcher);
          loop.post(() -> checked(result));
        });
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

  private void checked(Preflight.Result result) {
    if (!result.good()) {
      refuse(result.text());
      return;
    }
    say("the supervisor is replaced by " + result.text() + " of " + launcher);
    checked = true;
    settle();
  }

  /** Goes on when nothing is under way any more. */
  void settle() {
    if (requester == null || !checked) {
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
      checked = false;
      loop.post(this::replace);
    }
  }

  private boolean busy() {
    return loop.state().upgrade() != null || loop.state().hook() != null;
  }

  private void replace() {
    // what was read of the signals is dealt with here, and what is not read stays pending
    signals.pause();
    loop.drain();
    String why = null;
    if (busy()) {
      checked = true;
    } else if (loop.state().stopping()) {
      why = "it is stopping";
    } else {
      why = exec();
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

  private String exec() {
    try (Inheritance.Bequest bequest = Inheritance.leave(listeners, directory.lockFile())) {
      List<byte[]> environment = new ArrayList<>();
      for (byte[] entry : WorkerCommand.operators(ProcFs.environment())) {
        environment.add(entry);
      }
      environment.add(bytes(bequest.variable()));
      environment.add(bytes(Inheritance.JAR + "=" + releases.source()));
      return String.valueOf(NativeProcesses.exec(command(), environment).getMessage());
    } catch (IOException e) {
      return String.valueOf(e.getMessage());
    }
  }

  /** The launcher with the arguments that this program was given. */
  private List<byte[]> command() {
    List<byte[]> own = ProcFs.ownCommandLine();
    int jar = 0;
    while (!new String(own.get(jar), StandardCharsets.ISO_8859_1).equals("-jar")) {
      jar++;
    }
    List<byte[]> command = new ArrayList<>();
    command.add(bytes(launcher));
    command.addAll(own.subList(jar + 2, own.size()));
    return command;
  }

  private static byte[] bytes(String text) {
    return NativeProcesses.bytes(text);
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
  }
}
