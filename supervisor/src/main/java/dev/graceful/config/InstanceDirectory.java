package dev.graceful.config;

import java.io.Closeable;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.function.Predicate;

/**
 * The folder of a running instance, {@code RUN-DIRECTORY/NAME}: mode 0700, owned by this user, and
 * locked as long as this object is open, so that a name runs once. Thread-safe after creation.
 *
 * <p>The lock is a POSIX record lock (fcntl(2)): the kernel drops it with the process, whatever it
 * dies of, and keeps it over execve(2) as long as the descriptor stays open.
 */
public final class InstanceDirectory implements Closeable {
  /** sun_path of unix(7) holds 108 bytes with the closing zero. */
  private static final int LONGEST_SOCKET_PATH = 107;

  private static final String LOCK = "lock";

  private final Path path;
  private final InstanceLock lock;

  private InstanceDirectory(Path path, InstanceLock lock) {
    this.path = path;
    this.lock = lock;
  }

  /** Where instances live when nobody says otherwise: of root, of a session, of a user. */
  public static Path defaultRunDirectory() {
    long uid = FolderCheck.uid();
    if (uid == 0) {
      return Path.of("/run/graceful");
    }
    String session = System.getenv("XDG_RUNTIME_DIR");
    if (session != null && session.startsWith("/") && Files.isDirectory(Path.of(session))) {
      return Path.of(session, "graceful");
    }
    return Path.of("/tmp/graceful-" + uid);
  }

  /**
   * Makes the instance's folder, checks that nobody else can put things in it, and locks it.
   *
   * @throws InstanceException exit code 4 if that name runs, 2 if the path cannot hold an instance,
   *     1 if the folder cannot be made or belongs to somebody else
   */
  public static InstanceDirectory create(Path runDirectory, String name) throws InstanceException {
    return create(runDirectory, name, file -> false);
  }

  /**
   * The same for a process that may hold the lock already.
   *
   * @param locked whether this process has locked that file before it became this program
   */
  public static InstanceDirectory create(Path runDirectory, String name, Predicate<Path> locked)
      throws InstanceException {
    Path run = runDirectory.toAbsolutePath().normalize();
    Path path = run.resolve(name);
    checkPath(path);
    try {
      FolderCheck.make(run);
      FolderCheck.requireSafeParent(run);
      FolderCheck.make(path);
      FolderCheck.requireOwn(path);
      InstanceLock lock = InstanceLock.take(path.resolve(LOCK), locked);
      if (lock == null) {
        throw new InstanceException(
            4,
            "an instance called "
                + name
                + " runs already"
                + owner(path)
                + "; choose another --name, or reload it with: graceful reload "
                + name);
      }
      InstanceDirectory directory = new InstanceDirectory(path, lock);
      try {
        FolderCheck.make(directory.releases());
        FolderCheck.make(directory.output());
      } catch (IOException | RuntimeException e) {
        directory.close();
        throw e;
      }
      return directory;
    } catch (IOException e) {
      throw new InstanceException(
          1,
          "cannot use "
              + path
              + ": "
              + FolderCheck.reason(e)
              + "; choose another folder with --run-dir");
    }
  }

  /**
   * The names of the instances that run in that folder, sorted; none if there is no such folder.
   */
  public static List<String> running(Path runDirectory) throws InstanceException {
    List<String> names = new ArrayList<>();
    try (DirectoryStream<Path> entries = Files.newDirectoryStream(runDirectory)) {
      for (Path entry : entries) {
        Path fileName = entry.getFileName();
        if (fileName != null && InstanceLock.isHeld(entry.resolve(LOCK))) {
          names.add(fileName.toString());
        }
      }
    } catch (NoSuchFileException e) {
      return List.of();
    } catch (NotDirectoryException e) {
      throw new InstanceException(1, runDirectory + " is not a folder; correct --run-dir");
    } catch (IOException e) {
      throw unreadable(runDirectory, e);
    } catch (UncheckedIOException | java.nio.file.DirectoryIteratorException e) {
      throw new InstanceException(1, "cannot read " + runDirectory + ": " + e.getMessage());
    }
    Collections.sort(names);
    return List.copyOf(names);
  }

  /** Whether that instance runs. */
  public static boolean isRunning(Path runDirectory, String name) throws InstanceException {
    try {
      return InstanceLock.isHeld(runDirectory.resolve(name).resolve(LOCK));
    } catch (IOException e) {
      throw unreadable(runDirectory, e);
    }
  }

  /** Whether an instance of that name has run there, and has not ended as it should. */
  public static boolean hasHistory(Path runDirectory, String name) {
    return Files.exists(ledger(runDirectory.resolve(name)), LinkOption.NOFOLLOW_LINKS);
  }

  public Path path() {
    return path;
  }

  /** Where workers connect to. */
  public Path workerSocket() {
    return path.resolve("worker.sock");
  }

  /** Where the operator's commands connect to. */
  public Path controlSocket() {
    return controlSocket(path);
  }

  /** The control socket of an instance that may be another process's. */
  public static Path controlSocket(Path runDirectory, String name) {
    return controlSocket(runDirectory.resolve(name));
  }

  /** The file that is locked while an instance of that name runs. */
  public Path lockFile() {
    return path.resolve(LOCK);
  }

  /** What another supervisor goes on with if this one dies. */
  public Path ledger() {
    return ledger(path);
  }

  private static Path ledger(Path path) {
    return path.resolve("ledger");
  }

  /** The folder of the release store. */
  public Path releases() {
    return path.resolve("releases");
  }

  /** The folder for what makes workers start fast. */
  public Path archives() {
    return path.resolve("archives");
  }

  /** The folder for what starting workers print. */
  public Path output() {
    return path.resolve("output");
  }

  /** Gives the name free. The folder stays: the releases in it serve the next run. */
  @Override
  public void close() {
    lock.close();
  }

  private static Path controlSocket(Path path) {
    return path.resolve("control.sock");
  }

  private static InstanceException unreadable(Path runDirectory, IOException e) {
    return new InstanceException(
        1, "cannot read " + runDirectory + ": " + FolderCheck.reason(e) + "; correct --run-dir");
  }

  private static void checkPath(Path path) throws InstanceException {
    // a worker is told its socket in the agent's arguments, where ';' separates
    if (path.toString().indexOf(';') >= 0) {
      throw new InstanceException(2, "--run-dir must not contain ';'; choose another folder");
    }
    int length = controlSocket(path).toString().getBytes(StandardCharsets.UTF_8).length;
    if (length > LONGEST_SOCKET_PATH) {
      throw new InstanceException(
          2,
          path
              + " is too long for a socket in it ("
              + length
              + " bytes of "
              + LONGEST_SOCKET_PATH
              + "); choose a shorter --run-dir or --name");
    }
  }

  private static String owner(Path path) {
    try (FileChannel channel = FileChannel.open(path.resolve("pid"), LinkOption.NOFOLLOW_LINKS)) {
      ByteBuffer bytes = ByteBuffer.allocate(20);
      channel.read(bytes);
      String pid = new String(bytes.array(), 0, bytes.position(), StandardCharsets.US_ASCII);
      return pid.isBlank() ? "" : " (pid " + pid.strip() + ")";
    } catch (IOException e) {
      return ""; // only a nicety of the message
    }
  }
}
