package dev.graceful.posix;

import static dev.graceful.posix.CLibrary.LIBRARY;

import dev.graceful.wire.ErrnoException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import jnr.posix.Passwd;

/** A user that processes can run as, as the system knows it (getpwnam(3)). */
public record Account(String name, int uid, int gid, String home) {
  private static final List<Path> PLACES = List.of(Path.of("/usr/bin"), Path.of("/bin"));

  /** The user of that name; empty if there is none. */
  public static Optional<Account> named(String name) {
    Passwd entry = LIBRARY.getpwnam(name);
    return entry == null
        ? Optional.empty()
        : Optional.of(
            new Account(name, (int) entry.getUID(), (int) entry.getGID(), "" + entry.getHome()));
  }

  /** Whether this process runs as that user already. */
  public boolean isOwn() {
    return uid == LIBRARY.geteuid();
  }

  /**
   * What to put before a command to have it run as this user: with its groups and no others, and
   * without any way back up (no saved user, no capability, no program with other rights). The
   * process keeps its pid.
   *
   * @throws IOException if this process may not, or the program that does it is missing
   */
  public List<String> prefix() throws IOException {
    if (LIBRARY.geteuid() != 0) {
      throw new IOException(
          "only root can have workers run as " + name + ": start it as root, or leave --user out");
    }
    for (Path place : PLACES) {
      Path program = place.resolve("setpriv");
      if (Files.isExecutable(program)) {
        return List.of(
            program.toString(),
            "--reuid=" + uid,
            "--regid=" + gid,
            "--init-groups",
            "--inh-caps=-all",
            "--bounding-set=-all",
            "--no-new-privs",
            "--");
      }
    }
    throw new IOException("--user needs setpriv, which is missing: install util-linux");
  }

  /** An environment with what a login would set. */
  public List<byte[]> environment(List<byte[]> inherited) {
    List<byte[]> result = new ArrayList<>();
    for (byte[] entry : inherited) {
      String text = new String(entry, StandardCharsets.ISO_8859_1);
      if (!text.startsWith("HOME=") && !text.startsWith("USER=") && !text.startsWith("LOGNAME=")) {
        result.add(entry);
      }
    }
    result.add(("HOME=" + home).getBytes(StandardCharsets.UTF_8));
    result.add(("USER=" + name).getBytes(StandardCharsets.UTF_8));
    result.add(("LOGNAME=" + name).getBytes(StandardCharsets.UTF_8));
    return result;
  }

  /**
   * The first of these files that this user cannot read, or folders that it cannot enter; found out
   * by trying, as that user.
   */
  public Optional<Path> barred(List<Path> paths) throws IOException {
    List<String> command = new ArrayList<>(prefix());
    String script =
        "i=1; for f; do if [ -d \"$f\" ]; then [ -x \"$f\" ] || exit $i;"
            + " else [ -r \"$f\" ] || exit $i; fi; i=$((i+1)); done";
    command.addAll(List.of("/bin/sh", "-c", script, "sh"));
    paths.forEach(path -> command.add(path.toString()));
    long pid =
        NativeProcesses.spawn(
            new NativeProcesses.Spec(
                command, List.of("PATH=/usr/bin:/bin".getBytes(StandardCharsets.UTF_8)), -1, -1));
    NativeProcesses.Exit exit = NativeProcesses.waitFor(pid);
    if (exit.signalled() || exit.code() > paths.size()) {
      throw new IOException(
          "no process can be started as " + name + ": setpriv " + exit.describe());
    }
    return exit.code() == 0 ? Optional.empty() : Optional.of(paths.get(exit.code() - 1));
  }

  /** Gives a file or socket to this user. */
  public void own(Path path) throws ErrnoException {
    chown(path, uid, gid);
  }

  /** Lets the group of this user in; it stays root's own. */
  public void admit(Path folder) throws ErrnoException {
    chown(folder, 0, gid);
    if (LIBRARY.chmod(folder.toString(), 0710) < 0) {
      throw new ErrnoException("chmod of " + folder, LIBRARY.errno());
    }
  }

  private static void chown(Path path, int uid, int gid) throws ErrnoException {
    if (LIBRARY.lchown(path.toString(), uid, gid) < 0) {
      throw new ErrnoException("chown of " + path, LIBRARY.errno());
    }
  }
}
