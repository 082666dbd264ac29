package dev.graceful.supervisor;

import dev.graceful.core.Effect;
import dev.graceful.posix.NativeProcesses;
import dev.graceful.posix.ProcFs;
import dev.graceful.posix.Signals;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * For tests only: kills this supervisor at a chosen step, as kill -9 would. The variable {@code
 * GRACEFUL_FAULTS} names a file; when an upgrade begins and the file is there, it is taken away and
 * what it says is done: {@code before 3} or {@code after 3}, the effects counted from the one that
 * begins the upgrade. The effect is told in the file with {@code .died} added to its name.
 */
final class Faults implements Loop.Deeds {
  static final String VARIABLE = "GRACEFUL_FAULTS";

  private final Loop.Deeds deeds;
  private final Path file;
  private @Nullable String plan;
  private int count;

  private Faults(Loop.Deeds deeds, Path file) {
    this.deeds = deeds;
    this.file = file;
  }

  /** The deeds themselves, unless a test wants it otherwise. */
  static Loop.Deeds wrap(Loop.Deeds deeds) {
    String file = System.getenv(VARIABLE);
    return file == null || file.isEmpty() ? deeds : new Faults(deeds, Path.of(file));
  }

  @Override
  public void carryOut(Effect effect) {
    if (plan == null && effect instanceof Effect.Prepare && Files.exists(file)) {
      plan = take();
    }
    if (plan != null) {
      count++;
      dieIf("before " + count, effect);
    }
    deeds.carryOut(effect);
    if (plan != null) {
      dieIf("after " + count, effect);
    }
  }

  @Override
  public void stepped() {
    deeds.stepped();
  }

  private @Nullable String take() {
    try {
      String text = Files.readString(file).strip();
      Files.delete(file);
      return text;
    } catch (IOException e) {
      return null;
    }
  }

  private void dieIf(String moment, Effect effect) {
    if (!moment.equals(plan)) {
      return;
    }
    try {
      Files.writeString(Path.of(file + ".died"), moment + "\t" + effect);
    } catch (IOException e) {
      // the test finds nothing to tell
    }
    long self = ProcessHandle.current().pid();
    NativeProcesses.signal(self, ProcFs.startTime(self).orElse(-1), Signals.KILL);
    LockSupport.park(this);
  }
}
