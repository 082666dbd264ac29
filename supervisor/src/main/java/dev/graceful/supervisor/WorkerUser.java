package dev.graceful.supervisor;

import dev.graceful.config.InstanceDirectory;
import dev.graceful.config.RunOptions;
import dev.graceful.posix.Account;
import dev.graceful.posix.NativeProcesses;
import dev.graceful.posix.UnixServer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Whom workers run as. If that is another user than the supervisor's, they get what they need of
 * the instance's folder and nothing else: the way to their socket, which is theirs, and to the
 * releases; not the operator's socket, and nothing that can be listed or written to.
 */
final class WorkerUser {
  private final @Nullable Account account;

  private WorkerUser(@Nullable Account account) {
    this.account = account;
  }

  /**
   * @param needed what a worker must be able to read
   * @throws IOException if it cannot be so, in one line
   */
  static WorkerUser of(RunOptions options, InstanceDirectory directory, List<Path> needed)
      throws IOException {
    String name = options.user();
    if (name == null) {
      return new WorkerUser(null);
    }
    Account account =
        Account.named(name)
            .orElseThrow(() -> new IOException("there is no user " + name + ": correct --user"));
    if (account.isOwn()) {
      return new WorkerUser(null);
    }
    account.prefix(); // before anything is changed
    openWay(options.runDirectory());
    account.admit(directory.path());
    account.admit(directory.releases());
    List<Path> paths = new ArrayList<>(needed);
    paths.add(directory.releases());
    Optional<Path> barred = account.barred(paths);
    if (barred.isPresent()) {
      throw new IOException(
          "workers shall run as "
              + name
              + ", who may not use "
              + barred.get()
              + ": permit that, or choose another place for it");
    }
    return new WorkerUser(account);
  }

  /** Others may pass through the folder of all instances; what is in it stays closed to them. */
  private static void openWay(Path runDirectory) throws IOException {
    Set<PosixFilePermission> mode = Files.getPosixFilePermissions(runDirectory);
    if (mode.add(PosixFilePermission.OTHERS_EXECUTE)) {
      mode.add(PosixFilePermission.GROUP_EXECUTE);
      Files.setPosixFilePermissions(runDirectory, mode);
    }
  }

  /** The number of the user that workers run as. */
  int uid() {
    return account == null ? NativeProcesses.user() : account.uid();
  }

  List<String> command(List<String> command) throws IOException {
    if (account == null) {
      return command;
    }
    List<String> all = new ArrayList<>(account.prefix());
    all.addAll(command);
    return all;
  }

  List<byte[]> environment(List<byte[]> environment) {
    return account == null ? environment : account.environment(environment);
  }

  /** The socket that workers connect to. */
  UnixServer listen(Path path) throws IOException {
    UnixServer server = UnixServer.bind(path);
    try {
      if (account != null) {
        account.own(path);
      }
      return server;
    } catch (IOException e) {
      server.close();
      throw e;
    }
  }
}
