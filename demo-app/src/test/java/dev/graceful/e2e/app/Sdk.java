package dev.graceful.e2e.app;

import dev.graceful.worker.Graceful;
import dev.graceful.worker.Signal;
import java.util.List;

/** What a test server does with the SDK; loaded only where the settings ask for it. */
final class Sdk {
  private Sdk() {}

  static void prepare(Settings settings, Gates gates, Info info) {
    List<String> wanted = List.of(settings.get("sdk", "").split(","));
    String version = settings.version();
    info.add("sdk.supervised", Boolean.toString(Graceful.supervised()));
    info.add("sdk.generation", Integer.toString(Graceful.generation()));
    if (wanted.contains("hold")) {
      Graceful.holdReady();
    }
    if (wanted.contains("drain")) {
      Graceful.onDrain(
          deadline -> {
            if (settings.has("draingate")) {
              gates.pass(settings.get("draingate", ""));
            }
            System.out.println(
                "drain told to " + version + ", state " + Graceful.state() + ", " + deadline);
            if (settings.has("drainexit")) {
              System.exit(0);
            }
          });
    }
    if (wanted.contains("hooks")) {
      for (Signal signal : Signal.values()) {
        Graceful.before(signal, () -> System.out.println("before " + signal + " in " + version));
        Graceful.after(signal, () -> System.out.println("after " + signal + " in " + version));
      }
    }
  }

  static void ready(Settings settings) {
    if (List.of(settings.get("sdk", "").split(",")).contains("hold")) {
      Graceful.ready();
    }
    System.out.println("state " + Graceful.state() + " of " + settings.version());
  }
}
