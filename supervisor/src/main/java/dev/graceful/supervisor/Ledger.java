package dev.graceful.supervisor;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.graceful.control.Json;
import dev.graceful.core.State;
import dev.graceful.posix.ProcFs;
import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.function.Supplier;
import java.util.zip.CRC32;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What another supervisor needs if this one ends without a word: the core's state, written before
 * the effects of a step are carried out, and who the workers are. Only the death of the process is
 * provided for, since no worker survives that of the machine: so nothing is synced.
 *
 * <p>The file has two places of a fixed size that are overwritten in turn, each with a checksum. It
 * is as long as it will ever be from the start, so it can be written when the disk is full.
 *
 * <p>The loop's thread only.
 */
final class Ledger implements Closeable {
  private static final Logger LOG = LoggerFactory.getLogger(Ledger.class);
  private static final int MAGIC = 0x67726163;
  private static final int PLACE = 256 * 1024;

  /** Magic, sequence, length, checksum. */
  private static final int HEADER = 4 + 8 + 4 + 4;

  /**
   * A process, and no other that may get its number.
   *
   * @param startTime in clock ticks since boot, as proc(5) tells it
   */
  record Identity(long pid, long startTime) {}

  /** What was written last. */
  record Contents(String boot, State state, SortedMap<Integer, Identity> workers) {}

  private final Path path;
  private final FileChannel channel;
  private final Supplier<SortedMap<Integer, Identity>> workers;
  private final String boot = ProcFs.bootId();
  private @Nullable Contents last;
  private long sequence;
  private boolean complained;

  private Ledger(Path path, FileChannel channel, Supplier<SortedMap<Integer, Identity>> workers) {
    this.path = path;
    this.channel = channel;
    this.workers = workers;
  }

  /**
   * Opens the file, and makes it where there is none.
   *
   * @param workers tells the workers that run now
   * @throws IOException if there is no room for it
   */
  static Ledger open(Path path, Supplier<SortedMap<Integer, Identity>> workers) throws IOException {
    FileChannel channel =
        FileChannel.open(
            path,
            Set.of(StandardOpenOption.READ, StandardOpenOption.WRITE, StandardOpenOption.CREATE),
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
    Ledger ledger = new Ledger(path, channel, workers);
    try {
      ledger.reserve();
      for (int place = 0; place < 2; place++) {
        ledger.sequence = Math.max(ledger.sequence, place(channel, place).sequence);
      }
    } catch (IOException e) {
      channel.close();
      throw e;
    }
    return ledger;
  }

  private void reserve() throws IOException {
    ByteBuffer zeros = ByteBuffer.allocate(PLACE);
    while (channel.size() < 2L * PLACE) {
      zeros.position(0);
      zeros.limit((int) Math.min(PLACE, 2L * PLACE - channel.size()));
      channel.write(zeros, channel.size());
    }
  }

  /** Writes what has changed since the last time. */
  void remember(State state) {
    Contents now = new Contents(boot, state, workers.get());
    if (now.equals(last)) {
      return;
    }
    last = now;
    try {
      write(Json.write(RecordTree.write(now)).getBytes(UTF_8));
      complained = false;
    } catch (IOException e) {
      if (!complained) {
        complained = true;
        LOG.warn("{} cannot be written, so no other supervisor could go on: {}", path, e);
      }
    }
  }

  private void write(byte[] json) throws IOException {
    if (json.length > PLACE - HEADER) {
      throw new IOException("there is too much to remember: " + json.length + " bytes");
    }
    sequence++;
    ByteBuffer buffer = ByteBuffer.allocate(HEADER + json.length);
    buffer.putInt(MAGIC).putLong(sequence).putInt(json.length).putInt(checksum(sequence, json));
    buffer.put(json).flip();
    long position = sequence % 2 * PLACE;
    while (buffer.hasRemaining()) {
      position += channel.write(buffer, position);
    }
  }

  private static int checksum(long sequence, byte[] json) {
    CRC32 crc = new CRC32();
    crc.update(ByteBuffer.allocate(8).putLong(0, sequence));
    crc.update(json);
    return (int) crc.getValue();
  }

  /** One of the two places; a sequence of 0 is one that was not written, or not to its end. */
  private record Place(long sequence, byte[] json) {
    static final Place EMPTY = new Place(0, new byte[0]);

    @Override
    public boolean equals(@Nullable Object other) {
      return other instanceof Place place && place.sequence == sequence;
    }

    @Override
    public int hashCode() {
      return Long.hashCode(sequence);
    }
  }

  private static Place place(FileChannel channel, int number) throws IOException {
    ByteBuffer buffer = ByteBuffer.allocate(PLACE);
    long from = (long) number * PLACE;
    while (buffer.hasRemaining() && channel.read(buffer, from + buffer.position()) > 0) {
      // on to the end of the place, or of the file
    }
    buffer.flip();
    if (buffer.remaining() < HEADER || buffer.getInt() != MAGIC) {
      return Place.EMPTY;
    }
    long sequence = buffer.getLong();
    int length = buffer.getInt();
    int checksum = buffer.getInt();
    if (length < 0 || length > buffer.remaining()) {
      return Place.EMPTY;
    }
    byte[] json = new byte[length];
    buffer.get(json);
    return checksum == checksum(sequence, json) ? new Place(sequence, json) : Place.EMPTY;
  }

  /**
   * What the last supervisor wrote last; empty if there is nothing to go on with: no file, nothing
   * readable, another boot, or an end that was regular.
   */
  static Optional<Contents> read(Path path) {
    if (!Files.isRegularFile(path)) {
      return Optional.empty();
    }
    try (FileChannel channel = FileChannel.open(path, StandardOpenOption.READ)) {
      Place first = place(channel, 0);
      Place second = place(channel, 1);
      Place latest = first.sequence > second.sequence ? first : second;
      if (latest.sequence == 0) {
        return Optional.empty();
      }
      Map<String, @Nullable Object> tree = Json.readObject(new String(latest.json, UTF_8));
      Contents contents = RecordTree.read(Contents.class, tree);
      boolean useful = contents.boot().equals(ProcFs.bootId()) && !contents.state().finished();
      return useful ? Optional.of(contents) : Optional.empty();
    } catch (IOException | RuntimeException e) {
      LOG.warn("{} cannot be read, so nothing is adopted: {}", path, e.getMessage());
      return Optional.empty();
    }
  }

  /** The end was regular: there is nothing to go on with. */
  void discard() {
    last = null;
    try {
      Files.deleteIfExists(path);
    } catch (IOException e) {
      LOG.warn("{} cannot be removed: {}", path, e.getMessage());
    }
  }

  @Override
  public void close() {
    try {
      channel.close();
    } catch (IOException e) {
      LOG.warn("{} cannot be closed: {}", path, e.getMessage());
    }
  }
}
