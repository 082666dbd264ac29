package dev.graceful.supervisor;

import dev.graceful.config.InstanceDirectory;
import dev.graceful.listener.Listeners;
import dev.graceful.posix.NativeProcesses;
import dev.graceful.process.Output;
import java.io.IOException;
import java.util.Collection;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import org.jspecify.annotations.Nullable;

/** What the supervisor before this one has left: what it knew, and workers that live. */
final class Predecessor {
  private final Ledger.@Nullable Contents contents;
  private final SortedMap<Integer, Survivors.Survivor> survivors;

  private Predecessor(
      Ledger.@Nullable Contents contents, SortedMap<Integer, Survivors.Survivor> survivors) {
    this.contents = contents;
    this.survivors = survivors;
  }

  /**
   * Looks for it. Where nothing lives, nothing was left, whatever the ledger says.
   *
   * @param inherited closed if nobody needs them
   * @param user whom workers belong to
   * @throws IOException if there are workers, and what they were is not known
   */
  static Predecessor find(InstanceDirectory directory, Listeners inherited, int user)
      throws IOException {
    Optional<Ledger.Contents> contents = Ledger.read(directory.ledger());
    Map<Integer, Ledger.Identity> known =
        contents.<Map<Integer, Ledger.Identity>>map(Ledger.Contents::workers).orElse(Map.of());
    SortedMap<Integer, Survivors.Survivor> survivors =
        Survivors.find(directory.workerSocket(), known, user);
    if (contents.isEmpty() && !survivors.isEmpty()) {
      throw new IOException(
          "an earlier supervisor has left "
              + Reunion.words(survivors.values())
              + ", and what it knew cannot be read ("
              + directory.ledger()
              + "): end these processes, and start it again");
    }
    Output.clear(directory.output(), survivors.keySet());
    if (contents.isPresent() && (!survivors.isEmpty() || !inherited.all().isEmpty())) {
      known.values().forEach(identity -> NativeProcesses.reap(identity.pid()));
      return new Predecessor(contents.get(), survivors);
    }
    inherited.all().forEach(inherited::close);
    return new Predecessor(null, survivors);
  }

  /** Whether there is anything to adopt. */
  boolean left() {
    return contents != null;
  }

  /** Workers that live, or did a moment ago. */
  Collection<Survivors.Survivor> workers() {
    return survivors.values();
  }

  /** Takes the workers over, and prepares for what they tell; null where nothing was left. */
  @Nullable Reunion reunion(
      Loop loop, Workers workers, Listeners listeners, Links.Receiver usual, Reception reception)
      throws IOException {
    if (contents == null) {
      return null;
    }
    for (Survivors.Survivor survivor : survivors.values()) {
      workers.adopt(survivor);
    }
    Reunion reunion = new Reunion(loop, workers, listeners, usual, contents.state(), survivors);
    reception.open(reunion);
    return reunion;
  }
}
