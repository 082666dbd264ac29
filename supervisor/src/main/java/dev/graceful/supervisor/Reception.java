package dev.graceful.supervisor;

import dev.graceful.wire.Message;
import dev.graceful.wire.WireSocket;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * What workers say goes to the reunion while one lasts, and to the loop from then on, in order.
 * Signals and operators' requests wait in the loop meanwhile.
 */
final class Reception implements Links.Receiver {
  private final Loop loop;
  private final Links.Receiver usual;
  private final LinkedBlockingQueue<Runnable> early = new LinkedBlockingQueue<>();
  private Links.@Nullable Receiver first;

  Reception(Loop loop, Links.Receiver usual) {
    this.loop = loop;
    this.usual = usual;
  }

  /** Until {@link #close}, {@code receiver} gets what workers say, by {@link #handle}. */
  synchronized void open(Links.Receiver receiver) {
    first = receiver;
  }

  /** Any thread. */
  synchronized void post(Runnable work) {
    if (first != null) {
      early.add(work);
    } else {
      loop.post(work);
    }
  }

  /** Deals with what comes within {@code millis}, one thing at most. */
  void handle(long millis) throws InterruptedException {
    Runnable work = early.poll(millis, TimeUnit.MILLISECONDS);
    if (work != null) {
      work.run();
    }
  }

  /** The rest, and what comes from now on, is the usual receiver's. */
  synchronized void close() {
    first = null;
    early.forEach(loop::post);
    early.clear();
  }

  private synchronized Links.Receiver receiver() {
    return first == null ? usual : first;
  }

  @Override
  public boolean welcome(Message.Hello hello, int pid, WireSocket socket) {
    return receiver().welcome(hello, pid, socket);
  }

  @Override
  public void received(int generation, WireSocket.Received received, WireSocket socket) {
    receiver().received(generation, received, socket);
  }

  @Override
  public void lost(int generation, WireSocket socket) {
    receiver().lost(generation, socket);
  }
}
