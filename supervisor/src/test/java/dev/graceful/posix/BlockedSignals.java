package dev.graceful.posix;

import dev.graceful.wire.HookSignal;
import java.io.IOException;
import java.util.List;

/** The program of tests that need a JVM whose signals were blocked by a launcher. */
final class BlockedSignals {
  private BlockedSignals() {}

  public static void main(String[] args) throws IOException {
    System.out.println("blocked " + SignalSource.blocked());
    if (args[0].equals("spawn")) {
      NativeProcesses.Spec spec =
          new NativeProcesses.Spec(
              List.of("grep", "^Sig", "/proc/self/status"), ProcFs.environment(), -1, -1);
      System.out.println(NativeProcesses.waitFor(NativeProcesses.spawn(spec)).describe());
      return;
    }
    try (SignalSource source = SignalSource.open()) {
      if (System.in.read() >= 0) {
        System.out.println("open");
      }
      HookSignal signal;
      do {
        signal = source.take();
        System.out.println(signal);
      } while (signal != HookSignal.TERM);
    }
  }
}
