package dev.graceful.health;

import java.io.IOException;
import java.net.Socket;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** One probe of one worker, on a thread of its own, until it succeeds or is cancelled. */
public final class Probe implements Runnable {
  /** Who is told. Called on the probe's thread. */
  public interface Listener {
    /** It serves, and is warm. */
    void ok();

    /** What keeps it from being ready; the probe goes on. */
    void problem(String what);

    /** How far the warm-up is. */
    void progress(String line);
  }

  /**
   * What is asked for.
   *
   * @param health paths, {@code /path} or {@code :port/path}
   * @param warmup paths
   * @param warmupRequests how many requests in all
   */
  public record Plan(List<String> health, List<String> warmup, int warmupRequests) {
    public Plan {
      health = List.copyOf(health);
      warmup = List.copyOf(warmup);
    }
  }

  private static final int CONNECT_MILLIS = 2_000;
  private static final int PAUSE_MILLIS = 10;
  private static final int RETRY_MILLIS = 100;

  private final List<Target> targets;
  private final Plan plan;
  private final Listener listener;
  private final Thread thread;
  private volatile boolean cancelled;

  private Probe(List<Target> targets, Plan plan, Listener listener) {
    this.targets = List.copyOf(targets);
    this.plan = plan;
    this.listener = listener;
    this.thread = new Thread(this, "probe");
  }

  /** Begins. */
  public static Probe start(List<Target> targets, Plan plan, Listener listener) {
    Probe probe = new Probe(targets, plan, listener);
    probe.thread.setDaemon(true);
    probe.thread.start();
    return probe;
  }

  /** Ends it: nothing is told any more. */
  public void cancel() {
    cancelled = true;
    thread.interrupt();
  }

  @Override
  public void run() {
    try {
      accepted();
      for (String path : plan.health()) {
        untilHealthy(path);
      }
      warmUp();
      if (!cancelled) {
        listener.ok();
      }
    } catch (InterruptedException e) {
      // cancelled
    }
  }

  /**
   * The kernel completes a handshake without the application: only an empty queue proves it. All
   * are connected to before any is waited for.
   */
  private void accepted() throws InterruptedException {
    List<Socket> sockets = new ArrayList<>();
    try {
      for (Target target : targets) {
        sockets.add(untilConnected(target));
      }
      for (Target target : targets) {
        untilAccepted(target);
      }
    } finally {
      sockets.forEach(Probe::close);
    }
  }

  private Socket untilConnected(Target target) throws InterruptedException {
    while (!cancelled) {
      Socket socket = new Socket();
      try {
        socket.connect(target.address(), CONNECT_MILLIS);
        return socket;
      } catch (IOException e) {
        close(socket);
        listener.problem("it cannot be reached on " + target.publicAddress() + ": " + reason(e));
        pause(RETRY_MILLIS);
      }
    }
    throw new InterruptedException("cancelled");
  }

  private void untilAccepted(Target target) throws InterruptedException {
    while (!cancelled) {
      try {
        if (target.queue().length() == 0) {
          return;
        }
        listener.problem("it does not accept connections on " + target.publicAddress());
      } catch (IOException e) {
        listener.problem("it cannot be reached on " + target.publicAddress() + ": " + reason(e));
      }
      pause(PAUSE_MILLIS);
    }
  }

  private static void close(Socket socket) {
    try {
      socket.close();
    } catch (IOException e) {
      // it has ended
    }
  }

  private void untilHealthy(String text) throws InterruptedException {
    while (!cancelled) {
      Optional<Target> target = target(text);
      String path = path(text);
      if (target.isEmpty()) {
        listener.problem("it does not listen on the port of the health check " + text);
      } else {
        try {
          int status = Requests.get(target.get(), path);
          if (status >= 200 && status < 400) {
            return;
          }
          listener.problem("GET " + path + " answered " + status);
        } catch (IOException e) {
          listener.problem("GET " + path + " failed: " + reason(e));
        }
      }
      pause(RETRY_MILLIS);
    }
  }

  private void warmUp() throws InterruptedException {
    if (plan.warmup().isEmpty()) {
      return;
    }
    long began = System.nanoTime();
    int failed = 0;
    int tenth = Math.max(1, plan.warmupRequests() / 4);
    for (int i = 0; i < plan.warmupRequests() && !cancelled; i++) {
      String text = plan.warmup().get(i % plan.warmup().size());
      Optional<Target> target = target(text);
      try {
        if (target.isEmpty() || Requests.get(target.get(), path(text)) >= 400) {
          failed++;
        }
      } catch (IOException e) {
        failed++;
      }
      if ((i + 1) % tenth == 0 || i + 1 == plan.warmupRequests()) {
        progress(i + 1, failed, began);
      }
      if (Thread.interrupted()) {
        throw new InterruptedException();
      }
    }
  }

  private void progress(int done, int failed, long began) {
    String time = String.format(java.util.Locale.ROOT, "%.1f s", (System.nanoTime() - began) / 1e9);
    listener.progress(
        "warm-up: "
            + done
            + " of "
            + plan.warmupRequests()
            + " requests in "
            + time
            + (failed > 0 ? ", " + failed + " of them failed" : ""));
  }

  private Optional<Target> target(String text) {
    if (!text.startsWith(":")) {
      return targets.stream().findFirst();
    }
    int port = Integer.parseInt(text.substring(1, text.indexOf('/')));
    return targets.stream().filter(t -> t.publicPort() == port).findFirst();
  }

  private static String path(String text) {
    return text.startsWith(":") ? text.substring(text.indexOf('/')) : text;
  }

  private static String reason(IOException e) {
    String message = e.getMessage();
    return message != null ? message : e.getClass().getSimpleName();
  }

  private static void pause(int millis) throws InterruptedException {
    Thread.sleep(millis);
  }
}
