package dev.graceful.supervisor;

import dev.graceful.core.Action;
import dev.graceful.core.Event;
import dev.graceful.core.Signal;
import dev.graceful.posix.SignalSource;
import java.io.Closeable;
import java.io.IOException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Reads the signals and posts them to the loop. Owns the source and the thread. */
final class SignalReader implements Closeable {
  private static final Logger LOG = LoggerFactory.getLogger(SignalReader.class);

  private final Loop loop;
  private SignalSource source;
  private Thread thread;

  private SignalReader(Loop loop) throws IOException {
    this.loop = loop;
    source = SignalSource.open();
    thread = Threads.start("signals", this::read);
  }

  static SignalReader start(Loop loop) throws IOException {
    return new SignalReader(loop);
  }

  private void read() {
    SignalSource mine = source;
    try {
      while (true) {
        Signal signal = Signal.valueOf(mine.take().name());
        loop.post(new Event.Asked(new Action(signal, 0, null)));
      }
    } catch (IOException e) {
      LOG.debug("no more signals: {}", e.getMessage());
    }
  }

  /** What was read is posted when this returns; what comes from now on stays pending. */
  void pause() {
    source.close();
    try {
      thread.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** After {@link #pause}. */
  void resume() throws IOException {
    source = SignalSource.open();
    thread = Threads.start("signals", this::read);
  }

  @Override
  public void close() {
    source.close();
  }
}
