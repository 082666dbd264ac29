package dev.graceful.supervisor;

/** Threads that wait for one thing each, and end with the program. */
final class Threads {
  private Threads() {}

  static Thread start(String name, Runnable work) {
    Thread thread = new Thread(null, work, name, 256 * 1024);
    thread.setDaemon(true);
    try {
      thread.start();
    } catch (OutOfMemoryError e) {
      // not the heap: the system refuses, and what needs the thread fails, not the service
      throw new IllegalStateException(
          "no thread can be made: the limit of processes or of memory is reached", e);
    }
    return thread;
  }

  /** Waits a little before something that failed is tried again. */
  static void pause(long millis) {
    try {
      Thread.sleep(millis);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
