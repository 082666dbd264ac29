package dev.graceful.supervisor;

import static org.assertj.core.api.Assertions.assertThat;

import dev.graceful.core.Action;
import dev.graceful.core.Address;
import dev.graceful.core.Core;
import dev.graceful.core.Event;
import dev.graceful.core.Settings;
import dev.graceful.core.Signal;
import dev.graceful.core.State;
import dev.graceful.posix.ProcFs;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What one supervisor wrote, as the next one reads it. */
@Timeout(300)
class LedgerTest {
  private static final int PLACE = 256 * 1024;

  @TempDir private Path temp;
  private final SortedMap<Integer, Ledger.Identity> workers = new TreeMap<>();

  @Test
  void aStateWithEverythingInItComesBackEqual() throws IOException {
    Path path = temp.resolve("ledger");
    workers.put(1, new Ledger.Identity(4711, 1234567890123L));
    State state = busy();
    try (Ledger ledger = Ledger.open(path, () -> workers)) {
      ledger.remember(state);
    }
    Ledger.Contents contents = Ledger.read(path).orElseThrow();
    assertThat(contents.state()).isEqualTo(state);
    assertThat(contents.workers()).isEqualTo(workers);
    assertThat(state.generations()).hasSize(2);
    assertThat(state.timers()).isNotEmpty();
    assertThat(state.pending()).isNotNull();
    assertThat(state.hook()).isNotNull();
    assertThat(Files.getPosixFilePermissions(path)).hasSize(2);
  }

  @Test
  void aWriteThatWasCutShortLeavesTheOneBefore() throws IOException {
    Path path = temp.resolve("ledger");
    State first = State.initial(settings());
    State second = busy();
    try (Ledger ledger = Ledger.open(path, () -> workers)) {
      ledger.remember(first);
      ledger.remember(second);
    }
    // the second write went to the first place
    try (RandomAccessFile file = new RandomAccessFile(path.toFile(), "rw")) {
      file.seek(100);
      file.write("torn".getBytes(java.nio.charset.StandardCharsets.US_ASCII));
    }
    assertThat(Ledger.read(path).orElseThrow().state()).isEqualTo(first);
    // and who opens it goes on with numbers that are newer than both
    try (Ledger ledger = Ledger.open(path, () -> workers)) {
      ledger.remember(second);
    }
    assertThat(Ledger.read(path).orElseThrow().state()).isEqualTo(second);
  }

  @Test
  void itTakesAllItsRoomAtOnce() throws IOException {
    Path path = temp.resolve("ledger");
    try (Ledger ledger = Ledger.open(path, () -> workers)) {
      assertThat(Files.size(path)).isEqualTo(2L * PLACE);
      for (int i = 0; i < 5; i++) {
        workers.put(i, new Ledger.Identity(i, i));
        ledger.remember(busy());
      }
      assertThat(Files.size(path)).isEqualTo(2L * PLACE);
    }
  }

  @Test
  void nothingIsReadWhereThereIsNothing() throws IOException {
    assertThat(Ledger.read(temp.resolve("none"))).isEmpty();
    Path path = temp.resolve("ledger");
    Files.write(path, new byte[3]);
    assertThat(Ledger.read(path)).isEmpty();
    Files.write(path, new byte[2 * PLACE]);
    assertThat(Ledger.read(path)).isEmpty();
    try (Ledger ledger = Ledger.open(path, () -> workers)) {
      ledger.remember(busy());
      ledger.discard();
    }
    assertThat(path).doesNotExist();
  }

  @Test
  void anotherVersionsFieldsAreLeftOutAndMissingOnesAreEmpty() throws IOException {
    @SuppressWarnings("unchecked")
    Map<String, Object> tree =
        (Map<String, Object>)
            RecordTree.write(new Ledger.Contents(ProcFs.bootId(), busy(), workers));
    @SuppressWarnings("unchecked")
    Map<String, Object> state = (Map<String, Object>) tree.get("state");
    state.put("unheardOf", List.of(1L));
    state.remove("stoppers");
    state.remove("quickDeaths");
    Ledger.Contents contents = RecordTree.read(Ledger.Contents.class, tree);
    assertThat(contents.state().generations()).isEqualTo(busy().generations());
    assertThat(contents.state().stoppers()).isEmpty();
  }

  private static Settings settings() {
    return new Settings(5_000, 3_000, 1_000, false, true, 3, 60_000, 3);
  }

  /** One that serves, one that starts, a hook that runs, and more that was asked for. */
  private static State busy() {
    State state = State.initial(settings());
    Address address = new Address("127.0.0.1", 8080);
    for (Event event :
        List.of(
            new Event.Begin(List.of(new Address("::", 9090))),
            new Event.Opened(1),
            new Event.Prepared(2, "r1"),
            new Event.Connected(1),
            new Event.Listen(1, 1, address),
            new Event.Opened(3),
            new Event.ProbeOk(1),
            new Event.Reseated(1, 4, Set.of()),
            new Event.Asked(new Action(Signal.HUP, 7, null)),
            new Event.Prepared(5, "r2"),
            new Event.Asked(new Action(Signal.HUP, 8, "b.jar")),
            new Event.HooksKnown(1, 0xfff),
            new Event.Asked(new Action(Signal.USR1, 9, null)),
            new Event.Asked(new Action(Signal.TSTP, 0, null)))) {
      state = Core.apply(state, event, 1_000).state();
    }
    return state;
  }
}
