package dev.graceful.supervisor;

import dev.graceful.listener.Listeners;
import dev.graceful.posix.Descriptors;
import dev.graceful.posix.ThisProcess;
import dev.graceful.wire.ErrnoException;
import dev.graceful.wire.LibC;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What a supervisor gets from the one that this very process was before: the shared listeners, so
 * that there is no moment in which nobody has them, and the lock of the instance. In the
 * environment, as {@code lock=FD,ID=FD,...}. Nothing of it is believed before it was looked at.
 */
public final class Inheritance {
  static final String VARIABLE = "GRACEFUL_INHERITED";

  /** The jar that an operator named later than on the command line. */
  static final String JAR = "GRACEFUL_INHERITED_JAR";

  private static final Logger LOG = LoggerFactory.getLogger("graceful");
  private static final String LOCK = "lock";

  private Inheritance() {}

  /** Whether this process has the lock on that file, from before it became this program. */
  public static boolean locked(Path file) {
    Integer descriptor = parse(System.getenv(VARIABLE)).get(LOCK);
    if (descriptor == null) {
      return false;
    }
    try {
      Path link = Path.of("/proc/self/fd/" + descriptor);
      return Files.isSameFile(link, file)
          && ThisProcess.locks((Long) Files.getAttribute(file, "unix:ino"));
    } catch (IOException e) {
      return false;
    }
  }

  /** Takes the listeners that were left; whatever else the descriptors are, is closed. */
  static void take(Listeners listeners) {
    parse(System.getenv(VARIABLE))
        .forEach(
            (key, descriptor) -> {
              if (!key.equals(LOCK)) {
                take(key, descriptor, listeners);
              }
            });
  }

  private static void take(String id, int descriptor, Listeners listeners) {
    try {
      listeners.adopt(Integer.parseInt(id), descriptor);
    } catch (IOException e) {
      LOG.warn("descriptor {} was no listener: {}", descriptor, e.getMessage());
    }
  }

  private static Map<String, Integer> parse(@Nullable String text) {
    Map<String, Integer> result = new TreeMap<>();
    for (String pair : text == null ? new String[0] : text.split(",", -1)) {
      if (pair.matches("(lock|[1-9][0-9]{0,8})=[1-9][0-9]{0,8}")) {
        int equals = pair.indexOf('=');
        int descriptor = Integer.parseInt(pair.substring(equals + 1));
        if (descriptor > 2) {
          result.put(pair.substring(0, equals), descriptor);
        }
      }
    }
    return result;
  }

  /** What is left to the program that this process becomes; closed if it does not become one. */
  static final class Bequest implements AutoCloseable {
    private final List<Integer> copies = new ArrayList<>();
    private final List<String> words = new ArrayList<>();
    private final OptionalInt lock;

    private Bequest(OptionalInt lock) {
      this.lock = lock;
    }

    /** The variable of the environment that tells it. */
    String variable() {
      return VARIABLE + "=" + String.join(",", words);
    }

    @Override
    public void close() {
      copies.forEach(LibC::close);
      if (lock.isPresent()) {
        try {
          Descriptors.inherited(lock.getAsInt(), false);
        } catch (ErrnoException e) {
          LOG.debug("the lock stays inheritable: {}", e.getMessage());
        }
      }
    }
  }

  /** Makes the descriptors inheritable. */
  static Bequest leave(Listeners listeners, Path lockFile) throws IOException {
    OptionalInt lock = ThisProcess.descriptorOf(lockFile.toRealPath());
    Bequest bequest = new Bequest(lock);
    boolean done = false;
    try {
      if (lock.isPresent()) {
        Descriptors.inherited(lock.getAsInt(), true);
        bequest.words.add(LOCK + "=" + lock.getAsInt());
      }
      for (int id : listeners.all()) {
        int copy = Descriptors.inheritable(listeners.descriptor(id));
        bequest.copies.add(copy);
        bequest.words.add(id + "=" + copy);
      }
      done = true;
      return bequest;
    } finally {
      if (!done) {
        bequest.close();
      }
    }
  }
}
