package dev.graceful.supervisor;

import dev.graceful.archive.FastStarts;
import dev.graceful.archive.Launch;
import dev.graceful.config.InstanceDirectory;
import dev.graceful.config.RunOptions;
import dev.graceful.core.Event;
import dev.graceful.posix.NativeProcesses.Exit;
import dev.graceful.posix.Orphans;
import dev.graceful.posix.ProcFs;
import dev.graceful.posix.UnixServer;
import dev.graceful.process.LaunchSpec;
import dev.graceful.process.WorkerProcess;
import dev.graceful.release.Release;
import dev.graceful.wire.Message;
import dev.graceful.wire.WireSocket;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** The worker processes, by generation. The loop's thread only. */
final class Workers {
  /** How long what a worker printed before it had the streams is still waited for. */
  private static final long STREAMS_MILLIS = 1_500;

  private final Loop loop;
  private final RunOptions options;
  private final InstanceDirectory directory;
  private final Path home;
  private final WorkerUser user;
  private final List<byte[]> environment;
  private final FastStarts fastStarts;
  private final Map<Integer, Worker> workers = new TreeMap<>();

  Workers(
      Loop loop, RunOptions options, InstanceDirectory directory, Path home, FastStarts fastStarts)
      throws IOException {
    this.loop = loop;
    this.options = options;
    this.directory = directory;
    this.home = home;
    this.fastStarts = fastStarts;
    this.user = WorkerUser.of(options, directory, WorkerCommand.needed(options, home));
    this.environment = user.environment(WorkerCommand.environment(ProcFs.environment()));
    if (Orphans.come()) {
      Threads.start("orphans", Workers::reapOrphans);
    }
  }

  private static void reapOrphans() {
    try {
      Orphans.reapAll();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** The number of the user that they run as. */
  int user() {
    return user.uid();
  }

  /** The socket that workers connect to. */
  UnixServer listen() throws IOException {
    return user.listen(directory.workerSocket());
  }

  @Nullable Worker get(int generation) {
    return workers.get(generation);
  }

  Collection<Worker> all() {
    return Collections.unmodifiableCollection(workers.values());
  }

  /** Who they are, for the ledger. */
  SortedMap<Integer, Ledger.Identity> identities() {
    SortedMap<Integer, Ledger.Identity> identities = new TreeMap<>();
    for (Worker worker : workers.values()) {
      WorkerProcess process = worker.process();
      if (process != null) {
        identities.put(
            worker.generation(), new Ledger.Identity(process.pid(), process.startTime()));
      }
    }
    return identities;
  }

  void spawn(int generation, Release release) {
    Worker worker = new Worker(generation);
    workers.put(generation, worker);
    Launch launch = fastStarts.launch(generation, release.id(), release.jar());
    try {
      List<String> command =
          WorkerCommand.command(options, home, directory.workerSocket(), generation, launch);
      worker.process(
          WorkerProcess.start(
              new LaunchSpec(generation, user.command(command), environment, directory.output()),
              exit -> loop.post(() -> exited(worker, exit))));
    } catch (IOException e) {
      workers.remove(generation);
      loop.feed(new Event.NotStarted(generation, String.valueOf(e.getMessage())));
    }
  }

  /** Takes over a worker of an earlier supervisor. */
  void adopt(Survivors.Survivor survivor) throws IOException {
    Worker worker = new Worker(survivor.generation());
    workers.put(survivor.generation(), worker);
    worker.process(
        WorkerProcess.adopt(
            survivor.generation(),
            survivor.pid(),
            survivor.startTime(),
            directory.output(),
            exit -> loop.post(() -> exited(worker, exit))));
  }

  private void exited(Worker worker, Exit exit) {
    workers.remove(worker.generation());
    fastStarts.ended(worker.generation());
    worker.discard();
    WorkerProcess process = worker.process();
    List<String> lines = process == null ? List.of() : process.output().lastLines();
    loop.feed(new Event.Exited(worker.generation(), exit.describe(), lines, exit.status()));
  }

  /** Links a connection to the worker that it says it is of, if it is the one that was started. */
  boolean link(Message.Hello hello, int pid, WireSocket socket) {
    Worker worker = workers.get(hello.generation());
    if (worker == null) {
      return false;
    }
    WorkerProcess process = worker.process();
    if (process == null || process.pid() != pid || hello.pid() != pid) {
      return false;
    }
    if (!isOfUser(socket)) {
      return false;
    }
    worker.link(socket);
    worker.send(Links.welcome(hello.generation()));
    return true;
  }

  private boolean isOfUser(WireSocket socket) {
    try {
      return socket.peer()[1] == user.uid();
    } catch (IOException e) {
      return false; // it has gone
    }
  }

  void send(int generation, Message message) {
    Worker worker = workers.get(generation);
    if (worker != null) {
      worker.send(message);
    }
  }

  Worker.@Nullable Request request(int generation, int number) {
    Worker worker = workers.get(generation);
    return worker == null ? null : worker.peekRequest(number);
  }

  /** The socket of the request has another owner now. */
  void surrenderSocket(int generation, int number) {
    Worker worker = workers.get(generation);
    if (worker != null) {
      worker.takeRequest(number);
    }
  }

  Worker.@Nullable Request takeRequest(int generation, int number) {
    Worker worker = workers.get(generation);
    return worker == null ? null : worker.takeRequest(number);
  }

  void watchConnections(int generation, Watches watches) {
    Worker worker = workers.get(generation);
    WorkerProcess process = worker == null ? null : worker.process();
    if (worker != null && process != null) {
      watches.connections(generation, process.pid(), worker.ports());
    }
  }

  void terminate(int generation) {
    Worker worker = workers.get(generation);
    WorkerProcess process = worker == null ? null : worker.process();
    if (process != null) {
      process.terminate();
    }
  }

  void kill(int generation) {
    Worker worker = workers.get(generation);
    WorkerProcess process = worker == null ? null : worker.process();
    if (process != null) {
      process.kill();
    }
  }

  /** There may be time to make the next start faster. */
  void serves(int generation) {
    fastStarts.served(generation);
  }

  /** It was sent the supervisor's own streams; the files are read until it must have taken them. */
  void printsDirectly(Worker worker) {
    WorkerProcess process = worker.process();
    if (process != null) {
      Threads.start(
          "streams-g" + worker.generation(),
          () -> {
            Threads.pause(STREAMS_MILLIS);
            process.output().handedOver();
          });
    }
  }
}
