package dev.graceful.demo.soak;

/**
 * Hears of each request of a load, from the thread of the client that asked: two clients may call
 * at the same time, one client never. It should be quick; the next request waits.
 */
public interface LoadObserver {
  /** Hears, and does nothing. */
  LoadObserver NONE =
      new LoadObserver() {
        @Override
        public void answered(int client, long due, long done, String version) {}

        @Override
        public void failed(int client, long due, long done, String cause) {}
      };

  /**
   * A request got its whole answer.
   *
   * @param client from 0 on
   * @param due when it was to be sent, as {@link System#nanoTime}; with a held rate that may be
   *     before it could be sent, and what it waited counts
   * @param done when the answer was there
   */
  void answered(int client, long due, long done, String version);

  /** A request did not get its whole, right answer. */
  void failed(int client, long due, long done, String cause);
}
