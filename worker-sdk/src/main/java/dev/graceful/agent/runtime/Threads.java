package dev.graceful.agent.runtime;

import java.util.concurrent.ThreadFactory;
import org.jspecify.annotations.Nullable;

/** Threads of ours: they keep neither the JVM alive nor anything of the application's. */
final class Threads {
  private Threads() {}

  /** Threads of one name. */
  record Named(String name) implements ThreadFactory {
    @Override
    public Thread newThread(Runnable task) {
      return create(name, task, null);
    }
  }

  /** Starts {@code task}, which throws nothing, on a daemon thread of the system's group. */
  static void start(String name, Runnable task, @Nullable ClassLoader context) {
    create(name, task, context).start();
  }

  static Thread create(String name, Runnable task, @Nullable ClassLoader context) {
    ThreadGroup group = Thread.currentThread().getThreadGroup();
    while (group != null && group.getParent() != null) {
      group = group.getParent();
    }
    Thread thread = new Thread(group, task, "graceful-" + name, 0, false);
    thread.setDaemon(true);
    thread.setContextClassLoader(context);
    return thread;
  }
}
