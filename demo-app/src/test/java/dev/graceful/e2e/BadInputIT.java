package dev.graceful.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.graceful.demo.soak.AppJar;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Each wrong input gets one line that says what, why and what to do, and the right exit code. */
@Timeout(value = 10, unit = TimeUnit.MINUTES)
class BadInputIT {
  @RegisterExtension final Workshop workshop = new Workshop();

  private Path goodJar() throws Exception {
    return Jars.server("v1").moveTo(workshop.folder().resolve("good.jar"));
  }

  private Cli run(String... arguments) throws Exception {
    List<String> all =
        new ArrayList<>(List.of("run", "--run-dir", workshop.folder().resolve("run").toString()));
    all.addAll(List.of(arguments));
    return Cli.run(all);
  }

  private static void assertOneLine(Cli cli, int exit, String... words) {
    assertThat(cli.exit()).as(cli.toString()).isEqualTo(exit);
    assertThat(cli.out()).as(cli.toString()).isEmpty();
    assertThat(cli.err()).as(cli.toString()).hasSize(1);
    assertThat(cli.err().get(0)).doesNotContain("Exception");
    for (String word : words) {
      assertThat(cli.err().get(0)).contains(word);
    }
  }

  @Test
  void noSuchFile() throws Exception {
    assertOneLine(run("/nowhere/app.jar"), 1, "/nowhere/app.jar");
  }

  @Test
  void notAJar() throws Exception {
    Path file = Files.writeString(workshop.folder().resolve("text.jar"), "some text");
    assertOneLine(run(file.toString()), 1, "text.jar");
    Path folder = workshop.folder("folder.jar");
    assertOneLine(run(folder.toString()), 1, "folder.jar");
  }

  @Test
  void noMainClass() throws Exception {
    Path jar = new AppJar().moveTo(workshop.folder().resolve("none.jar"));
    assertOneLine(run(jar.toString()), 1, "none.jar", "Main-Class");
  }

  @Test
  void aClassThatDoesNotExist() throws Exception {
    Path jar =
        new AppJar()
            .attribute("Main-Class", "com.example.Missing")
            .moveTo(workshop.folder().resolve("missing.jar"));
    assertOneLine(run(jar.toString()), 1, "com.example.Missing");
  }

  @ParameterizedTest
  @CsvSource({
    "--no-such-option, --no-such-option",
    "--ready-timeout=soon, soon",
    "--ready-timeout=-3s, --ready-timeout",
    "--ready-timeout=0, --ready-timeout",
    "--hammer-time=1x, 1x",
    "--hammer-time=99999999999999999999s, 99999999999999999999s",
    "--keep=none, none",
    "--connections=sometimes, sometimes",
    "--listen=here, here",
    "--listen=127.0.0.1:70000, 70000",
    "--name=../up, ../up"
  })
  void optionsThatMakeNoSense(String option, String word) throws Exception {
    assertOneLine(run(option, goodJar().toString()), 2, word);
  }

  @Test
  void noJarAtAll() throws Exception {
    assertThat(Cli.run("run").exit()).isEqualTo(2);
    assertThat(Cli.run("dance").exit()).isEqualTo(2);
  }

  @Test
  void aJvmThatDoesNotExist() throws Exception {
    Cli cli = run("--java", "/nowhere/bin/java", goodJar().toString());
    assertThat(cli.exit()).isIn(1, 2);
    assertOneLine(cli, cli.exit(), "/nowhere/bin/java");
  }

  @Test
  void aRunDirectoryThatCannotBeWritten() throws Exception {
    Cli cli = Cli.run("run", "--run-dir", "/proc/graceful", goodJar().toString());
    assertOneLine(cli, 1, "/proc/graceful");
  }

  @Test
  void aRunDirectoryThatIsAFile() throws Exception {
    Path file = Files.createFile(workshop.folder().resolve("file"));
    Cli cli = Cli.run("run", "--run-dir", file.toString(), goodJar().toString());
    assertOneLine(cli, 1, file.toString());
  }

  @Test
  void aRunDirectoryOfSomebodyElse() throws Exception {
    Path foreign = workshop.folder("foreign");
    if (System.getProperty("user.name").equals("root")) {
      String instance = workshop.folder("foreign/good").toString();
      new ProcessBuilder("chown", "65534", instance).start().waitFor();
    } else {
      foreign = Path.of("/usr");
    }
    Cli cli = Cli.run("run", "--run-dir", foreign.toString(), goodJar().toString());
    assertOneLine(cli, 1, foreign.toString());
  }

  @Test
  void aRunDirectoryWithTooLongAPath() throws Exception {
    Path deep = workshop.folder("d".repeat(120));
    Cli cli = Cli.run("run", "--run-dir", deep.toString(), goodJar().toString());
    assertThat(cli.exit()).isIn(1, 2);
    assertOneLine(cli, cli.exit(), "--run-dir");
  }

  @Test
  void aPortInUse() throws Exception {
    try (ServerSocket taken = new ServerSocket()) {
      taken.bind(new InetSocketAddress("127.0.0.1", Ports.free()));
      Cli cli = run(goodJar().toString(), "ports=" + taken.getLocalPort());
      assertThat(cli.exit()).as(cli.toString()).isEqualTo(1);
      assertThat(cli.said()).contains("Address already in use");
      Cli listen = run("--listen", "127.0.0.1:" + taken.getLocalPort(), goodJar().toString());
      assertOneLine(listen, 1, Integer.toString(taken.getLocalPort()), "in use");
    }
  }

  @Test
  void aFirstStartThatFailsEndsTheRun() throws Exception {
    Path jar = Jars.server("v1", "crash=no-luck").moveTo(workshop.folder().resolve("bad.jar"));
    Cli cli = run(jar.toString());
    assertThat(cli.exit()).as(cli.toString()).isEqualTo(1);
    assertThat(cli.said()).contains("no-luck");
  }

  @Test
  void aNameThatRunsAlready() throws Exception {
    GracefulProcess run = workshop.launch().name("twice").serving(Jars.server("v1"), "v1");
    Cli second =
        Cli.run(
            "run", "--run-dir", run.runDir().toString(), "--name", "twice", run.jar().toString());
    assertOneLine(second, 4, "twice");
    assertThat(run.get("/").version()).isEqualTo("v1");
  }

  @Test
  void severalRunAndNoneIsNamed() throws Exception {
    GracefulProcess one = workshop.launch().name("one").serving(Jars.server("v1"), "v1");
    Path runDir = one.runDir();
    GracefulProcess two =
        workshop.launch().name("two").runDir(runDir).serving(Jars.server("v1"), "v1");
    Cli status = Cli.run("status", "--run-dir", runDir.toString());
    assertOneLine(status, 2, "one", "two");
    two.signal("TERM");
    assertThat(two.awaitExit()).isZero();
  }

  @Test
  void nothingRuns() throws Exception {
    String runDir = workshop.folder("empty").toString();
    for (String command : List.of("status", "reload", "hammer", "stop")) {
      assertOneLine(Cli.run(command, "--run-dir", runDir), 3);
      assertOneLine(Cli.run(command, "--run-dir", runDir, "ghost"), 3, "ghost");
    }
  }

  @Test
  void helpHasExamples() throws Exception {
    for (String command : List.of("run", "status", "reload", "hammer", "stop")) {
      Cli help = Cli.run(command, "--help");
      assertThat(help.exit()).isZero();
      assertThat(help.said()).containsIgnoringCase("example").contains("graceful " + command);
    }
    assertThat(Cli.run("--help").exit()).isZero();
    assertThat(Cli.run("--version").exit()).isZero();
  }
}
