package dev.graceful.e2e;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.graceful.demo.soak.ProcFigures;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * Where something runs out, the upgrade fails with a line that says what, and the service goes on.
 */
@Timeout(value = 10, unit = TimeUnit.MINUTES)
class ResourcesIT {
  @RegisterExtension final Workshop workshop = new Workshop();

  @Test
  void noMemoryForTwo() throws Exception {
    Root.assumeWorks("a machine with little memory", "unshare", "-m", "true");
    GracefulProcess run = scarce(workshop.launch()).serving(Jars.server("v1"), "v1");
    Cli reload = run.reload(Jars.server("v2"));
    assertThat(reload.exit()).isEqualTo(1);
    assertThat(reload.said())
        .contains("there is no memory for two workers: g1 takes ")
        .contains("and 10 MB are free")
        .contains("--ignore-memory");
    assertThat(run.get("/").version()).isEqualTo("v1");
    assertThat(run.status().lastReload().get("verdict")).isEqualTo("failed");
    GracefulProcess bold =
        scarce(workshop.launch().options("--ignore-memory")).serving(Jars.server("v1"), "v1");
    assertThat(bold.reload(Jars.server("v2")).exit()).isZero();
    GracefulProcess frugal =
        scarce(workshop.launch().options("--no-overlap")).serving(Jars.server("v1"), "v1");
    assertThat(frugal.reload(Jars.server("v2")).exit()).isZero();
  }

  /** In a mount namespace of its own, where 10 MB are free. */
  private static Launch scarce(Launch launch) throws Exception {
    List<String> lines = new ArrayList<>(Files.readAllLines(Path.of("/proc/meminfo")));
    lines.replaceAll(l -> l.startsWith("MemAvailable:") ? "MemAvailable:    9766 kB" : l);
    Path little = Files.write(launch.folder().resolve("meminfo"), lines);
    return launch.prefix(
        "unshare",
        "-m",
        "sh",
        "-c",
        "mount --bind \"$0\" /proc/meminfo && exec \"$@\"",
        little.toString());
  }

  @Test
  void overTheLimitTheOldestDrainIsEnded() throws Exception {
    GracefulProcess run =
        workshop.launch().options("--max-draining", "1").serving(Jars.server("v1"), "v1");
    InFlight first = run.inFlight(run.gate("first").path());
    run.gate("first").awaitSomebody();
    run.swap(Jars.server("v2"), "v2");
    InFlight second = run.inFlight(run.gate("second").path());
    run.gate("second").awaitSomebody();
    run.swap(Jars.server("v3"), "v3");
    run.err().await("g1 still has work, but more than 1 generations drain (--max-draining)");
    first.awaitCut();
    run.gate("second").open();
    assertThat(second.answer().version()).isEqualTo("v2");
  }

  @Test
  void noDescriptorsLeft() throws Exception {
    // an archive that is being made has descriptors for a while
    GracefulProcess run = workshop.launch().options("--no-cds").serving(Jars.server("v1"), "v1");
    // the highest number in use and none above it
    int most;
    try (var all = Files.list(Path.of("/proc/" + run.pid() + "/fd"))) {
      most = all.mapToInt(fd -> Integer.parseInt("" + fd.getFileName())).max().orElseThrow();
    }
    int open = ProcFigures.of(run.pid()).descriptors();
    String before =
        limit(run, List.of(), "nofile", "" + Math.max(open, Math.min(most + 1, open + 1)));
    Jars.server("v2").moveTo(run.jar());
    run.signal("HUP");
    run.err().await("reload failed");
    assertThat(run.err().await("reload failed")).containsIgnoringCase("too many open files");
    assertThat(run.get("/").version()).isEqualTo("v1");
    limit(run, List.of(), "nofile", before);
    assertThat(run.cli("reload").exit()).isZero();
    assertThat(run.get("/").version()).isEqualTo("v2");
  }

  @Test
  void noMoreProcesses() throws Exception {
    String user = "games";
    Path agent = Program.ROOT.resolve("supervisor/target/graceful/worker/graceful-agent.jar");
    List<String> as = Root.as(user);
    List<String> probe = new ArrayList<>(as);
    probe.addAll(List.of("test", "-r", agent.toString()));
    Root.assumeWorks("a limit of processes", probe.toArray(String[]::new));
    Launch launch = workshop.launch().prefix(as.toArray(String[]::new));
    for (String folder : List.of("", "run", "gates")) {
      Path path = Files.createDirectories(launch.folder().resolve(folder));
      Files.setAttribute(path, "unix:uid", 5);
    }
    Root.letThrough(workshop.folder());
    GracefulProcess run = launch.serving(Jars.server("v1"), "v1");
    String before = limit(run, as, "nproc", "1");
    Jars.server("v2").moveTo(run.jar());
    run.signal("HUP");
    assertThat(run.err().await("reload failed"))
        .contains("the limit of processes or of memory is reached");
    assertThat(run.get("/").version()).isEqualTo("v1");
    limit(run, as, "nproc", before);
    assertThat(run.cli("reload").exit()).isZero();
    assertThat(run.get("/").version()).isEqualTo("v2");
  }

  @Test
  void aFullDisk() throws Exception {
    Root.assumeWorks("a small disk", "unshare", "-m", "true");
    // an archive that is being made, and given up, would leave room
    Launch launch = workshop.launch().options("--no-cds");
    Path disk = Files.createDirectories(launch.folder().resolve("run"));
    launch.prefix(
        "unshare",
        "-m",
        "sh",
        "-c",
        "mount -t tmpfs -o size=4m,mode=700 small \"$0\" && exec \"$@\"",
        disk.toString());
    GracefulProcess run = launch.serving(Jars.server("v1"), "v1");
    Path inside = Path.of("/proc/" + run.pid() + "/root" + disk);
    fill(inside.resolve("filler"));
    Jars.server("v2").moveTo(run.jar());
    run.signal("HUP");
    assertThat(run.err().await("reload failed")).contains("No space left on device");
    assertThat(run.get("/").version()).isEqualTo("v1");
    Files.delete(inside.resolve("filler"));
    run.signal("HUP");
    run.awaitServing("v2");
    // full again, and a worker that dies: its release is there already
    fill(inside.resolve("filler"));
    run.kill(run.workerPid());
    assertThat(run.get("/").version()).isEqualTo("v2");
  }

  private static void fill(Path file) throws Exception {
    try (var out = Files.newOutputStream(file)) {
      byte[] block = new byte[4096];
      while (true) {
        out.write(block);
      }
    } catch (java.io.IOException e) {
      // full
    }
  }

  /** Sets the soft limit, as the user that the process runs as; what it was. */
  private static String limit(GracefulProcess run, List<String> as, String what, String most)
      throws Exception {
    List<String> prlimit = new ArrayList<>(as);
    prlimit.addAll(List.of("prlimit", "--pid", "" + run.pid()));
    List<String> ask = new ArrayList<>(prlimit);
    ask.addAll(List.of("--" + what, "--raw", "--noheadings", "--output=SOFT"));
    Process asked = new ProcessBuilder(ask).redirectErrorStream(true).start();
    String before = new String(asked.getInputStream().readAllBytes(), UTF_8).strip();
    List<String> set = new ArrayList<>(prlimit);
    set.add("--" + what + "=" + most + ":");
    assertThat(new ProcessBuilder(set).inheritIO().start().waitFor()).isZero();
    return before;
  }
}
