package dev.graceful.demo.soak;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Strict clients at work: none retries, and each request that was begun and did not get its whole
 * answer counts as failed, a refused connection included. Owns its threads.
 */
public final class Load implements AutoCloseable {
  private static final int EXAMPLES = 10;

  private final long start = System.nanoTime();
  private final List<Thread> threads = new ArrayList<>();
  private final Map<String, Long> versions = new TreeMap<>();
  private final Map<String, Long> failures = new TreeMap<>();
  private final List<String> examples = new ArrayList<>();
  private long answered;
  private final Map<Long, Long> closedWithNotice = new TreeMap<>();
  private long connections;
  private long versionChanges;
  private long closedIdle;
  private long slowest;
  private volatile boolean stopping;

  private Load() {}

  /** Starts the clients of {@code plan}. */
  public static Load start(LoadPlan plan) {
    Load load = new Load();
    for (int i = 0; i < plan.clients(); i++) {
      Thread thread = new Thread(new LoadClient(plan, i, load), "load-" + i);
      thread.setDaemon(true);
      load.threads.add(thread);
      thread.start();
    }
    return load;
  }

  boolean stopping() {
    return stopping;
  }

  synchronized void answered(String version, long nanos) {
    answered++;
    slowest = Math.max(slowest, nanos);
    versions.merge(version, 1L, Long::sum);
    notifyAll();
  }

  synchronized void failed(String cause, long nanos) {
    slowest = Math.max(slowest, nanos);
    failures.merge(cause, 1L, Long::sum);
    if (examples.size() < EXAMPLES) {
      examples.add((System.nanoTime() - start) / 1_000_000 + " ms: " + cause);
    }
    notifyAll();
  }

  synchronized void connected() {
    connections++;
  }

  synchronized void versionChanged() {
    versionChanges++;
  }

  synchronized void closedIdle() {
    closedIdle++;
  }

  synchronized void closedWithNotice(long answers) {
    closedWithNotice.merge(answers, 1L, Long::sum);
  }

  /** What has been seen so far. */
  public synchronized Tally now() {
    return new Tally(
        answered,
        versions,
        failures,
        examples,
        connections,
        versionChanges,
        closedIdle,
        closedWithNotice,
        slowest / 1_000_000);
  }

  /**
   * Waits until so many more requests are answered, or one fails.
   *
   * @throws IllegalStateException if that takes longer than {@code millis}
   */
  public synchronized void awaitMore(long requests, long millis) throws InterruptedException {
    long goal = answered + requests;
    long deadline = System.nanoTime() + millis * 1_000_000;
    while (answered < goal && failures.isEmpty()) {
      long left = (deadline - System.nanoTime()) / 1_000_000;
      if (left <= 0) {
        throw new IllegalStateException(
            "only " + answered + " of " + goal + " requests were answered in " + millis + " ms");
      }
      wait(left);
    }
  }

  /** Begins no more requests, waits for those in flight, and tells what was seen. */
  public Tally stop() throws InterruptedException {
    stopping = true;
    for (Thread thread : threads) {
      thread.join();
    }
    return now();
  }

  /** Begins no more requests; waits for nothing. */
  @Override
  public void close() {
    stopping = true;
    threads.forEach(Thread::interrupt);
  }
}
