package dev.graceful.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The supervisor is root, its workers are nobody, and daemon is a stranger. */
@Timeout(value = 10, unit = TimeUnit.MINUTES)
class OtherUserIT {
  private static final String WORKER = "nobody";
  private static final String STRANGER = "daemon";

  /** HELLO of generation 1, process 1, "17". */
  private static final byte[] HELLO =
      HexFormat.of()
          .parseHex("000000160101" + "00000001" + "00000001" + "0000000000000001" + "00023137");

  @RegisterExtension static final Workshop workshop = new Workshop();

  private static GracefulProcess run;

  @BeforeAll
  static void start() throws Exception {
    List<String> probe = new ArrayList<>(Root.as(WORKER));
    Path agent = Program.ROOT.resolve("supervisor/target/graceful/worker/graceful-agent.jar");
    probe.addAll(List.of("test", "-r", agent.toString()));
    Root.assumeWorks("another user for the workers", probe.toArray(String[]::new));
    Launch launch = workshop.launch().options("--user", WORKER);
    Root.letThrough(workshop.folder());
    run = launch.serving(Jars.server("v1"), "v1");
  }

  @Test
  void aWorkerHasNoWayBackUp() throws Exception {
    assertThat(run.reload(Jars.server("v2")).exit()).isZero();
    List<String> status = Files.readAllLines(Path.of("/proc/" + run.workerPid() + "/status"));
    assertThat(status)
        .anyMatch(line -> line.matches("Uid:(\\s+65534){4}"))
        .anyMatch(line -> line.matches("Gid:(\\s+65534){4}"))
        .anyMatch(line -> line.matches("Groups:\\s+65534\\s*"))
        .anyMatch(line -> line.matches("CapPrm:\\s+0+"))
        .anyMatch(line -> line.matches("CapBnd:\\s+0+"))
        .anyMatch(line -> line.matches("NoNewPrivs:\\s+1"));
    String info = run.get("/info").text();
    assertThat(info).contains("env.USER=nobody", "env.LOGNAME=nobody", "env.HOME=/nonexistent");
  }

  @Test
  void theFolderIsClosedToAllOthers() throws Exception {
    Path folder = run.instanceDir();
    assertThat(mode(folder)).isEqualTo("rwx--x--- 0");
    assertThat(mode(folder.resolve("control.sock"))).isEqualTo("rw------- 0");
    assertThat(mode(folder.resolve("worker.sock"))).isEqualTo("rw------- 65534");
    assertThat(mode(folder.resolve("releases"))).isEqualTo("rwx--x--- 0");
    assertThat(mode(folder.resolve("lock"))).isEqualTo("rw------- 0");
    for (String user : List.of(WORKER, STRANGER)) {
      assertThat(exit(user, "ls", folder.toString())).isNotZero();
      assertThat(exit(user, "ls", folder.resolve("releases").toString())).isNotZero();
      assertThat(exit(user, "touch", folder.resolve("x").toString())).isNotZero();
      assertThat(exit(user, "touch", folder.resolve("releases/x").toString())).isNotZero();
    }
  }

  @Test
  void anotherSupervisorAdoptsThem() throws Exception {
    long worker = run.workerPid();
    run.killSupervisor();
    run = run.again();
    run.err().await("adopted: ");
    assertThat(run.workerPid()).isEqualTo(worker);
    assertThat(run.reload(Jars.server("v3")).exit()).isZero();
    Cli upgrade = run.cli("upgrade-supervisor");
    assertThat(upgrade.exit()).as(upgrade.toString()).isZero();
    assertThat(run.reload(Jars.server("v4")).exit()).isZero();
    assertThat(run.get("/").version()).isEqualTo("v4");
    assertThat(Files.readAllLines(Path.of("/proc/" + run.workerPid() + "/status")))
        .anyMatch(line -> line.matches("Uid:(\\s+65534){4}"));
  }

  @Test
  void noCommandButFromRoot() throws Exception {
    byte[] status = "{\"command\":\"status\"}\n".getBytes(StandardCharsets.UTF_8);
    for (String user : List.of(WORKER, STRANGER)) {
      assertThat(knock(user, "control.sock", status)).doesNotContain("let in");
    }
    assertThat(knock("root", "control.sock", status)).contains("let in").contains("serving");
  }

  @Test
  void noDescriptorButForAWorker() throws Exception {
    assertThat(knock(STRANGER, "worker.sock", HELLO)).doesNotContain("let in");
    // the worker's own user may connect, and root too, and both are no worker: not even a word
    assertThat(knock(WORKER, "worker.sock", HELLO)).contains("let in").contains("heard []");
    assertThat(knock("root", "worker.sock", HELLO)).contains("let in").contains("heard []");
    run.err().await("is not the worker of g1: refused");
    assertThat(run.status().text("state")).isEqualTo("serving");
  }

  @Test
  void whatCannotBeIsSaidInALine() throws Exception {
    Path jar = run.jar();
    Path other = workshop.folder("other");
    Cli unknown =
        Cli.run("run", "--run-dir", other + "/a", "--user", "no-such-user", jar.toString());
    assertThat(unknown.exit()).isEqualTo(1);
    assertThat(unknown.said()).contains("there is no user no-such-user");
    // a folder that the worker's user cannot reach
    Path closed = Files.createDirectory(other.resolve("closed"));
    Files.setPosixFilePermissions(closed, PosixFilePermissions.fromString("rwx------"));
    Cli barred = Cli.run("run", "--run-dir", closed + "/r", "--user", WORKER, jar.toString());
    assertThat(barred.exit()).isEqualTo(1);
    assertThat(barred.said()).contains("who may not use " + closed);
  }

  @Test
  void whatOthersPutThereIsRefused() throws Exception {
    Path dir = workshop.folder("foreign");
    Path jar = run.jar();
    // a run directory that belongs to somebody else
    Path theirs = Files.createDirectory(dir.resolve("theirs"));
    Files.setAttribute(theirs, "unix:uid", 1);
    assertThat(refused(theirs, jar)).contains("belongs to somebody else");
    // an instance's folder that is a link, or somebody else's
    Path links = Files.createDirectory(dir.resolve("links"));
    Files.createSymbolicLink(links.resolve("app"), Files.createDirectory(dir.resolve("target")));
    assertThat(refused(links, jar)).contains("link");
    Path owned = Files.createDirectory(dir.resolve("owned"));
    Files.setAttribute(Files.createDirectory(owned.resolve("app")), "unix:uid", 1);
    assertThat(refused(owned, jar)).contains("belongs to somebody else");
    // something that is no socket where a socket shall be
    Path files = Files.createDirectories(dir.resolve("files/app"));
    Files.writeString(files.resolve("worker.sock"), "keep me");
    assertThat(refused(files.getParent(), jar)).contains("is no socket");
    assertThat(Files.readString(files.resolve("worker.sock"))).isEqualTo("keep me");
    // a lock that is a link
    Path locks = Files.createDirectories(dir.resolve("locks/app"));
    Files.createSymbolicLink(locks.resolve("lock"), dir.resolve("elsewhere"));
    refused(locks.getParent(), jar);
    assertThat(Files.exists(dir.resolve("elsewhere"))).isFalse();
  }

  private static String refused(Path runDir, Path jar) throws Exception {
    Cli cli = Cli.run("run", "--name", "app", "--run-dir", runDir.toString(), jar.toString());
    assertThat(cli.exit()).as(cli.toString()).isEqualTo(1);
    assertThat(cli.err()).as(cli.toString()).hasSize(1);
    return cli.said();
  }

  private static String mode(Path path) throws IOException {
    return PosixFilePermissions.toString(Files.getPosixFilePermissions(path))
        + " "
        + Files.getAttribute(path, "unix:uid");
  }

  private static int exit(String user, String... command) throws Exception {
    List<String> all = new ArrayList<>(Root.as(user));
    all.addAll(List.of(command));
    return new ProcessBuilder(all)
        .redirectErrorStream(true)
        .redirectOutput(ProcessBuilder.Redirect.DISCARD)
        .start()
        .waitFor();
  }

  /** What that user hears who says that at one of the sockets. */
  private static String knock(String user, String socket, byte[] words) throws Exception {
    // a copy that everybody may read
    Path jar = Jars.server("knock").moveTo(workshop.folder().resolve("knock.jar"));
    Files.setPosixFilePermissions(jar, PosixFilePermissions.fromString("rw-r--r--"));
    List<String> command = new ArrayList<>(user.equals("root") ? List.of() : Root.as(user));
    command.addAll(List.of(System.getProperty("java.home") + "/bin/java", "-Xshare:auto"));
    command.addAll(List.of("-cp", jar.toString(), "dev.graceful.e2e.app.Knock"));
    command.add(run.instanceDir().resolve(socket).toString());
    command.add(HexFormat.of().formatHex(words));
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String heard = new String(process.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1);
    process.waitFor();
    return heard;
  }
}
