package dev.graceful.demo.soak;

import java.net.InetSocketAddress;
import java.time.Duration;

/**
 * What a load does.
 *
 * @param path asked for with GET
 * @param posts whether every third request is a POST to /echo, whose answer is its body
 * @param clients how many clients ask at once, each one request at a time
 * @param keepAlive whether a client keeps its connection, or makes a new one for each request
 * @param pace the shortest time between two requests of a client; keeps local ports from running
 *     out
 * @param patience how long a client waits for a connection or an answer
 */
public record LoadPlan(
    InetSocketAddress target,
    String path,
    boolean posts,
    int clients,
    boolean keepAlive,
    Duration pace,
    Duration patience) {

  /** New connections to {@code target}, GET / and POST, at most 100 requests a second a client. */
  public static LoadPlan of(InetSocketAddress target, int clients) {
    return new LoadPlan(
        target, "/", true, clients, false, Duration.ofMillis(10), Duration.ofSeconds(30));
  }

  /** The same, asking for {@code path} only. */
  public LoadPlan only(String path) {
    return new LoadPlan(target, path, false, clients, keepAlive, pace, patience);
  }

  /** The same over connections that are kept. */
  public LoadPlan keepingAlive() {
    return new LoadPlan(target, path, posts, clients, true, pace, patience);
  }
}
