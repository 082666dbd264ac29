package dev.graceful.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.graceful.demo.soak.AppJar;
import java.io.IOException;
import java.net.ConnectException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** An application sees what it would see under {@code java -jar}. */
@Timeout(value = 10, unit = TimeUnit.MINUTES)
class JarSemanticsIT {
  /** What shells set on their way, and what differs because the jar lies elsewhere. */
  private static final Set<String> MAY_DIFFER =
      Set.of(
          "env._",
          "env.SHLVL",
          "env.PWD",
          "env.OLDPWD",
          "property.java.class.path",
          "property.sun.java.command");

  @RegisterExtension final Workshop workshop = new Workshop();

  static List<Jdk> jdks() throws IOException {
    return Jdk.all();
  }

  private static AppJar worldly() {
    return Jars.server("v1", "stdin=yes", "host=")
        .attribute("Add-Opens", "java.base/java.math")
        .attribute("Launcher-Agent-Class", "dev.graceful.e2e.app.TestAgent");
  }

  @ParameterizedTest
  @MethodSource("jdks")
  void theWorldLooksAsUnderJavaJar(Jdk jdk) throws Exception {
    Path stdin = Files.writeString(workshop.folder().resolve("in"), "first line\nsecond line\n");
    Path directory = workshop.folder("work");
    Launch launch =
        workshop
            .launch()
            .java(jdk)
            .stdin(stdin)
            .directory(directory)
            .environment("SOME_SETTING", "a value = with; odd \"signs\" ü")
            .environment("JAVA_TOOL_OPTIONS", "-Dfrom.tool.options=yes")
            .environment("NOTIFY_SOCKET", "/nonexistent/notify")
            .arguments("--version", "--", "-x", "two words", "");
    GracefulProcess run = launch.serving(worldly(), "v1");
    Set<String> supervised = lines(run.get("/info").text(), run.port());

    int port = Ports.free();
    ProcessBuilder bare =
        new ProcessBuilder(
            jdk.home().resolve("bin/java").toString(),
            "-jar",
            run.jar().toString(),
            "gates=" + run.folder().resolve("gates"),
            "ports=" + port,
            "--version",
            "--",
            "-x",
            "two words",
            "");
    bare.directory(directory.toFile()).redirectInput(stdin.toFile());
    bare.redirectErrorStream(true).redirectOutput(workshop.folder().resolve("bare").toFile());
    Program.scrub(bare.environment());
    bare.environment().put("SOME_SETTING", "a value = with; odd \"signs\" ü");
    bare.environment().put("JAVA_TOOL_OPTIONS", "-Dfrom.tool.options=yes");
    Process process = bare.start();
    try {
      assertThat(supervised).isEqualTo(lines(bareInfo(port), port));
    } finally {
      Program.signal("TERM", process.pid());
      process.waitFor();
    }
    assertThat(supervised)
        .contains("stdin=first line", "open=true", "property.launcher.agent=has run")
        .contains("property.from.tool.options=yes", "cwd=" + directory)
        .noneMatch(line -> line.startsWith("env.NOTIFY_SOCKET"));
  }

  private static String bareInfo(int port) throws Exception {
    java.net.InetSocketAddress address = new java.net.InetSocketAddress("127.0.0.1", port);
    Await.until(
        "the bare server answers",
        () -> {
          try {
            return GracefulProcess.get(address, "/").status() == 200;
          } catch (ConnectException e) {
            return false;
          }
        });
    return GracefulProcess.get(address, "/info").text();
  }

  private static Set<String> lines(String info, int port) {
    Set<String> lines = new TreeSet<>();
    for (String line : info.strip().split("\n")) {
      if (!MAY_DIFFER.contains(line.replaceFirst("=.*", ""))) {
        lines.add(line.replace(Integer.toString(port), "PORT"));
      }
    }
    return lines;
  }

  @Test
  void bothStreamsReachWhereGracefulsGo() throws Exception {
    GracefulProcess run = workshop.launch().serving(Jars.server("v1", "lines=3"), "v1");
    run.out().await("starting v1");
    run.out().await("serving v1");
    run.err().await("line 3 of v1");
    assertThat(run.get("/print?line=warm").status()).isEqualTo(200);
    run.out().await("out warm");
    run.err().await("err warm");
    run.swap(Jars.server("v2", "lines=2"), "v2");
    assertThat(run.get("/print?line=again").status()).isEqualTo(200);
    run.out().await("out again");
    run.err().await("err again");
    run.out().await("starting v2");
    run.err().await("line 2 of v2");
    for (String line : List.of("starting v1", "serving v1", "starting v2", "out warm")) {
      assertThat(run.out().count(line)).as(line).isEqualTo(1);
      assertThat(run.err().count(line)).as(line).isZero();
    }
    for (String line : List.of("line 1 of v1", "line 2 of v2", "err again")) {
      assertThat(run.err().count(line)).as(line).isEqualTo(1);
      assertThat(run.out().count(line)).as(line).isZero();
    }
  }

  @Test
  void aWorkerOutlivesItsSupervisor() throws Exception {
    GracefulProcess run = workshop.launch().serving(Jars.server("v1"), "v1");
    long worker = run.workerPid();
    Path out = Path.of("/proc/" + worker + "/fd/1");
    // until it serves, and has the supervisor's own, it prints to a file
    Await.until(
        "it prints to where the supervisor does",
        () -> !Files.readSymbolicLink(out).startsWith(run.runDir()));
    run.signal("KILL");
    Await.until("the supervisor is dead", () -> !run.alive());
    assertThat(run.get("/print?line=orphan").status()).isEqualTo(200);
    run.out().await("out orphan");
    assertThat(run.workerPid()).isEqualTo(worker);
  }

  @ParameterizedTest
  @ValueSource(strings = {"lib/greeting.jar", "../outside/greeting.jar", "conf/"})
  void whatTheClassPathNamesIsPartOfTheRelease(String entry) throws Exception {
    Launch launch = workshop.launch();
    Path library = launch.folder().resolve(entry).normalize();
    put(library, entry, "hello");
    GracefulProcess run =
        launch.serving(Jars.server("v1").attribute("Class-Path", "missing.jar " + entry), "v1");
    if (entry.endsWith(".jar")) {
      Files.writeString(library, "broken in place");
    } else {
      put(library, entry, "broken in place");
    }
    assertThat(run.get("/greeting").text().strip()).isEqualTo("hello");
    put(library, entry, "bonjour");
    assertThat(run.get("/greeting").text().strip()).isEqualTo("hello");
    Cli reload = run.cli("reload");
    assertThat(reload.exit()).as(reload.toString()).isZero();
    assertThat(run.get("/greeting").text().strip()).isEqualTo("bonjour");
  }

  private static void put(Path library, String entry, String greeting) throws IOException {
    if (entry.endsWith(".jar")) {
      Files.createDirectories(library.getParent());
      Jars.greeting(greeting).moveTo(library);
    } else {
      Files.createDirectories(library);
      Files.writeString(library.resolve("greeting.txt"), greeting);
    }
  }

  @Test
  void aSymlinkIsFollowedAnewAtEachReload() throws Exception {
    Launch launch = workshop.launch();
    Path folder = launch.folder();
    Jars.server("v1").moveTo(folder.resolve("one.jar"));
    Jars.server("v2").moveTo(folder.resolve("two.jar"));
    Files.createSymbolicLink(folder.resolve("app.jar"), Path.of("one.jar"));
    GracefulProcess run = launch.start();
    run.awaitVersion("v1");
    Path aside = Files.createSymbolicLink(folder.resolve("aside"), Path.of("two.jar"));
    Files.move(aside, run.jar(), StandardCopyOption.ATOMIC_MOVE);
    run.signal("HUP");
    run.awaitServing("v2");
  }

  @Test
  void aReloadMayNameAnotherJar() throws Exception {
    GracefulProcess run = workshop.launch().serving(Jars.server("v1"), "v1");
    Path other = Jars.server("v2").moveTo(run.folder().resolve("other.jar"));
    Cli reload = run.cli("reload", "--jar", other.toString());
    assertThat(reload.exit()).as(reload.toString()).isZero();
    assertThat(run.get("/").version()).isEqualTo("v2");
  }
}
