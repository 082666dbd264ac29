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
 * @param rate requests a second, of all clients together, each at its own fixed time: a request
 *     that is late because an answer was late waits from the time when it was due. 0: as the pace
 *     lets them
 * @param observer hears of each request
 * @param patience how long a client waits for a connection or an answer
 */
public record LoadPlan(
    InetSocketAddress target,
    Questions questions,
    int clients,
    boolean keepAlive,
    Duration pace,
    int rate,
    LoadObserver observer,
    Duration patience) {

  /** New connections to {@code target}, GET / and POST, at most 100 requests a second a client. */
  public static LoadPlan of(InetSocketAddress target, int clients) {
    return new LoadPlan(
        target,
        Questions.ofTheDemo(),
        clients,
        false,
        Duration.ofMillis(10),
        0,
        LoadObserver.NONE,
        Duration.ofSeconds(30));
  }

  /** The same, asking for {@code path} only. */
  public LoadPlan only(String path) {
    return asking(Questions.get(path));
  }

  /** The same with other requests. */
  public LoadPlan asking(Questions other) {
    return new LoadPlan(target, other, clients, keepAlive, pace, rate, observer, patience);
  }

  /** The same over connections that are kept. */
  public LoadPlan keepingAlive() {
    return new LoadPlan(target, questions, clients, true, pace, rate, observer, patience);
  }

  /** The same with another pace; zero: saturated. */
  public LoadPlan pacedBy(Duration other) {
    return new LoadPlan(target, questions, clients, keepAlive, other, rate, observer, patience);
  }

  /** The same with so many requests a second, however long the answers take. */
  public LoadPlan holding(int requestsPerSecond) {
    return new LoadPlan(
        target, questions, clients, keepAlive, pace, requestsPerSecond, observer, patience);
  }

  /** The same with somebody who hears of each request. */
  public LoadPlan toldTo(LoadObserver other) {
    return new LoadPlan(target, questions, clients, keepAlive, pace, rate, other, patience);
  }

  /** The same with less or more patience. */
  public LoadPlan patientFor(Duration other) {
    return new LoadPlan(target, questions, clients, keepAlive, pace, rate, observer, other);
  }
}
