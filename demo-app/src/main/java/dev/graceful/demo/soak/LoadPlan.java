package dev.graceful.demo.soak;

import java.net.InetSocketAddress;
import java.time.Duration;

/**
 * What a load does.
 *
 * @param questions what is asked for
 * @param clients how many clients ask at once, each one request at a time
 * @param keepAlive whether a client keeps its connection, or makes a new one for each request
 * @param pace the shortest time between two requests of a client; keeps local ports from running
 *     out
 * @param patience how long a client waits for a connection or an answer
 */
public record LoadPlan(
    InetSocketAddress target,
    Questions questions,
    int clients,
    boolean keepAlive,
    Duration pace,
    Duration patience) {

  /** New connections to {@code target}, GET / and POST, at most 100 requests a second a client. */
  public static LoadPlan of(InetSocketAddress target, int clients) {
    return new LoadPlan(
        target,
        Questions.ofTheDemo(),
        clients,
        false,
        Duration.ofMillis(10),
        Duration.ofSeconds(30));
  }

  /** The same, asking for {@code path} only. */
  public LoadPlan only(String path) {
    return asking(Questions.get(path));
  }

  /** The same with other requests. */
  public LoadPlan asking(Questions other) {
    return new LoadPlan(target, other, clients, keepAlive, pace, patience);
  }

  /** The same over connections that are kept. */
  public LoadPlan keepingAlive() {
    return new LoadPlan(target, questions, clients, true, pace, patience);
  }

  /** The same with another pace; zero: saturated. */
  public LoadPlan pacedBy(Duration other) {
    return new LoadPlan(target, questions, clients, keepAlive, other, patience);
  }
}
