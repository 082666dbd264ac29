package dev.graceful.supervisor;

import dev.graceful.archive.FastStarts;
import dev.graceful.config.InstanceDirectory;
import dev.graceful.config.RunOptions;
import dev.graceful.control.ControlServer;
import dev.graceful.core.Address;
import dev.graceful.core.Event;
import dev.graceful.core.History;
import dev.graceful.core.Settings;
import dev.graceful.core.State;
import dev.graceful.listener.Listeners;
import dev.graceful.posix.UnixServer;
import dev.graceful.release.ReleaseException;
import dev.graceful.release.ReleaseStore;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One instance, from its start to its end. */
public final class Supervisor {
  private static final Logger LOG = LoggerFactory.getLogger("graceful");

  private Supervisor() {}

  /**
   * Runs in the foreground until it is told to stop.
   *
   * @param directory of the instance, locked; it is closed when this returns
   * @return the exit code
   * @throws IOException if it cannot begin; the message says why
   * @throws ReleaseException if there is nothing to adopt, and the jar cannot run
   * @throws InterruptedException if the thread is interrupted
   */
  public static int run(RunOptions options, InstanceDirectory directory)
      throws IOException, ReleaseException, InterruptedException {
    ReleaseStore store = new ReleaseStore(directory.releases());
    History history = Releases.history(store, options.jar());
    Loop loop = new Loop(State.initial(settings(options), history));
    Desk desk = new Desk(loop);
    int exitCode;
    try (directory;
        FastStarts fastStarts = fastStarts(options, directory);
        Listeners listeners = new Listeners()) {
      Inheritance.take(listeners);
      Workers workers = new Workers(loop, options, directory, home(), fastStarts);
      Predecessor predecessor = Predecessor.find(directory, listeners, workers.user());
      if (!predecessor.left()) {
        ReleaseStore.check(options.jar());
      }
      try (PidFile pidFile = PidFile.write(options.pidFile());
          SignalReader signals = SignalReader.start(loop);
          Watches watches = new Watches(loop)) {
        Headroom headroom = new Headroom(loop, workers, options);
        Releases releases =
            new Releases(loop, store, fastStarts, options.jar(), options.keep(), headroom);
        Actor actor = new Actor(loop, options, listeners, workers, watches, releases, desk);
        desk.status(new StatusReport(loop, options.name(), listeners, workers)::make);
        desk.releases(releases::list);
        desk.selfUpgrade(new SelfUpgrade(loop, releases, listeners, signals, directory));
        UnixServer workerSocket = workers.listen();
        Inbound inbound = new Inbound(loop, workers, actor);
        Reception reception = new Reception(loop, inbound);
        Event first = new Event.Begin(pinned(options));
        Reunion reunion = predecessor.reunion(loop, workers, listeners, inbound, reception);
        try (Ledger ledger = Ledger.open(directory.ledger(), workers::identities);
            Links links = Links.start(workerSocket, reception::post, reception);
            ControlServer control =
                ControlServer.start(
                    new OperatorSocket(UnixServer.bind(directory.controlSocket())), desk::handle)) {
          if (reunion != null) {
            Banner.adopts(options, predecessor.workers());
            first = reunion.run(reception, pinned(options));
          }
          loop.run(Faults.wrap(actor), ledger::remember, first);
          ledger.discard();
          exitCode = actor.exitCode();
          LOG.debug("closing {} {} {}", links, control, pidFile);
        }
      }
    }
    desk.sayGoodbye();
    return exitCode;
  }

  /** Another user could neither write down what a worker loads nor be trusted with it. */
  private static FastStarts fastStarts(RunOptions options, InstanceDirectory directory)
      throws IOException {
    return new FastStarts(
        directory.archives(),
        options.java(),
        WorkerCommand.jvmOptions(options),
        options.cds() && options.user() == null,
        WorkerCommand.jars(home()),
        options.moveConnections() ? "move" : "drain");
  }

  private static Settings settings(RunOptions options) {
    return new Settings(
        options.readyTimeout().toMillis(),
        options.hammerTime().toMillis(),
        options.killAfter().toMillis(),
        !options.health().isEmpty(),
        options.overlap(),
        options.crashes(),
        options.crashWindow().toMillis(),
        options.maxDraining());
  }

  private static List<Address> pinned(RunOptions options) {
    List<Address> addresses = new ArrayList<>();
    for (InetSocketAddress address : options.listen()) {
      addresses.add(new Address(address.getAddress().getHostAddress(), address.getPort()));
    }
    return addresses;
  }

  /** The program's own folder: lib, worker and native. */
  private static Path home() throws IOException {
    String home = System.getProperty("graceful.home");
    if (home == null || !Files.isRegularFile(Path.of(home, "worker", "graceful-agent.jar"))) {
      throw new IOException(
          "the program's folder is incomplete (graceful.home is "
              + home
              + "): start it by scripts/graceful");
    }
    return Path.of(home).toAbsolutePath();
  }
}
