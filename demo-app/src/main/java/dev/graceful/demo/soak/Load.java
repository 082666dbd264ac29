package dev.graceful.demo.soak;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAccumulator;
import java.util.concurrent.atomic.LongAdder;

/**
 * Strict clients at work: none retries, and each request that was begun and did not get its whole
 * answer counts as failed, a refused connection included. Owns its threads.
 */
public final class Load implements AutoCloseable {
  private static final int EXAMPLES = 10;
  private static final long POLL_MILLIS = 5;
  private static final long PATIENCE_CHECK_MILLIS = 200;

  private final long start = System.nanoTime();
  private final List<LoadClient> clients = new ArrayList<>();
  private final List<Thread> threads = new ArrayList<>();
  private final Map<String, LongAdder> versions = new ConcurrentHashMap<>();
  private final LongAdder answered = new LongAdder();
  private final LongAccumulator slowest = new LongAccumulator(Math::max, 0);
  private final Map<String, Long> failures = new TreeMap<>();
  private final List<String> examples = new ArrayList<>();
  private final Map<Long, Long> closedWithNotice = new TreeMap<>();
  private final LongAdder connections = new LongAdder();
  private final LongAdder versionChanges = new LongAdder();
  private final LongAdder closedIdle = new LongAdder();
  private volatile boolean stopping;
  private volatile boolean abandoned;
  private volatile long end;

  private Load() {}

  /** Starts the clients of {@code plan}. */
  public static Load start(LoadPlan plan) {
    Load load = new Load();
    for (int i = 0; i < plan.clients(); i++) {
      LoadClient client = new LoadClient(plan, i, load);
      load.clients.add(client);
      load.threads.add(daemon(client, "load-" + i));
    }
    daemon(load::checkPatience, "load-patience");
    return load;
  }

  private static Thread daemon(Runnable task, String name) {
    Thread thread = new Thread(task, name);
    thread.setDaemon(true);
    thread.start();
    return thread;
  }

  private void checkPatience() {
    while (threads.stream().anyMatch(Thread::isAlive)) {
      long now = System.nanoTime();
      clients.forEach(client -> client.checkPatience(now));
      try {
        TimeUnit.MILLISECONDS.sleep(PATIENCE_CHECK_MILLIS);
      } catch (InterruptedException e) {
        return;
      }
    }
  }

  boolean stopping() {
    return stopping;
  }

  /** When the clients of a held rate began to count. */
  long start() {
    return start;
  }

  /** Whether a request that is due then is still to be made: a late one is, up to the end. */
  boolean wants(long due) {
    return !stopping || (!abandoned && due - end <= 0);
  }

  void answered(String version, long nanos) {
    LongAdder count = versions.get(version);
    if (count == null) {
      count = versions.computeIfAbsent(version, key -> new LongAdder());
    }
    count.increment();
    slowest.accumulate(nanos);
    answered.increment();
  }

  synchronized void failed(String cause, long nanos) {
    slowest.accumulate(nanos);
    failures.merge(cause, 1L, Long::sum);
    if (examples.size() < EXAMPLES) {
      examples.add((System.nanoTime() - start) / 1_000_000 + " ms: " + cause);
    }
  }

  void connected() {
    connections.increment();
  }

  void versionChanged() {
    versionChanges.increment();
  }

  void closedIdle() {
    closedIdle.increment();
  }

  synchronized void closedWithNotice(long answers) {
    closedWithNotice.merge(answers, 1L, Long::sum);
  }

  /** What has been seen so far. */
  public synchronized Tally now() {
    Map<String, Long> byVersion = new TreeMap<>();
    versions.forEach((version, count) -> byVersion.put(version, count.sum()));
    return new Tally(
        answered.sum(),
        byVersion,
        failures,
        examples,
        connections.sum(),
        versionChanges.sum(),
        closedIdle.sum(),
        closedWithNotice,
        slowest.get() / 1_000_000);
  }

  /**
   * Waits until so many more requests are answered, or one fails.
   *
   * @throws IllegalStateException if that takes longer than {@code millis}
   */
  public void awaitMore(long requests, long millis) throws InterruptedException {
    long goal = answered.sum() + requests;
    long deadline = System.nanoTime() + millis * 1_000_000;
    while (answered.sum() < goal && !hasFailed()) {
      if (System.nanoTime() >= deadline) {
        throw new IllegalStateException(
            "only "
                + answered.sum()
                + " of "
                + goal
                + " requests were answered in "
                + millis
                + " ms");
      }
      TimeUnit.MILLISECONDS.sleep(POLL_MILLIS);
    }
  }

  private synchronized boolean hasFailed() {
    return !failures.isEmpty();
  }

  /**
   * Begins no more requests, but for those of a held rate that were due already; waits for those in
   * flight, and tells what was seen.
   */
  public Tally stop() throws InterruptedException {
    end = System.nanoTime();
    stopping = true;
    for (Thread thread : threads) {
      thread.join();
    }
    return now();
  }

  /** Begins no more requests; waits for nothing. */
  @Override
  public void close() {
    abandoned = true;
    stopping = true;
    threads.forEach(Thread::interrupt);
  }
}
