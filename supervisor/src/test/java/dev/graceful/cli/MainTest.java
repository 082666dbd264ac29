package dev.graceful.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.graceful.config.InstanceDirectory;
import dev.graceful.config.RunOptions;
import dev.graceful.control.LastReload;
import dev.graceful.control.ListenerStatus;
import dev.graceful.control.Status;
import dev.graceful.control.WorkerStatus;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;

@Timeout(value = 300, unit = TimeUnit.SECONDS)
class MainTest {
  @TempDir private Path temp;

  @Test
  void whatStandsAfterTheJarIsTheApplications() throws Exception {
    RunOptions options =
        options(
            "--name",
            "shop",
            "--hammer-time",
            "-1s",
            "--health",
            "/a",
            "--health",
            ":81/b",
            "--warmup",
            "/x,/y",
            "--listen",
            "8080",
            "--jvm-arg",
            "-Xmx1g",
            "--jvm-arg",
            "--help",
            "--connections",
            "drain",
            "--no-overlap",
            "app.jar",
            "--name",
            "x",
            "--",
            "-h",
            "",
            "@file",
            "a b",
            "${x}");
    assertThat(options.arguments())
        .containsExactly("--name", "x", "--", "-h", "", "@file", "a b", "${x}");
    assertThat(options.name()).isEqualTo("shop");
    assertThat(options.jar()).isEqualTo(Path.of("app.jar").toAbsolutePath());
    assertThat(options.hammerTime()).isNegative();
    assertThat(options.health()).containsExactly("/a", ":81/b");
    assertThat(options.warmup()).containsExactly("/x", "/y");
    assertThat(options.listen()).hasSize(1);
    assertThat(options.jvmArguments()).containsExactly("-Xmx1g", "--help");
    assertThat(options.moveConnections()).isFalse();
    assertThat(options.overlap()).isFalse();
  }

  @Test
  void defaultsAreThoseOfTheContract() throws Exception {
    RunOptions options = options("dir/shop-1.0.jar");
    assertThat(options.name()).isEqualTo("shop-1.0");
    assertThat(options.readyTimeout()).isEqualTo(Duration.ofSeconds(60));
    assertThat(options.hammerTime()).isEqualTo(Duration.ofSeconds(60));
    assertThat(options.killAfter()).isEqualTo(Duration.ofSeconds(5));
    assertThat(options.keep()).isEqualTo(5);
    assertThat(options.moveConnections()).isTrue();
    assertThat(options.overlap()).isTrue();
    assertThat(options.cds()).isTrue();
    assertThat(options.java()).isExecutable();
    assertThat(options.arguments()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "run",
        "run --no-such app.jar",
        "run --name",
        "run --name a/b app.jar",
        "run --ready-timeout soon app.jar",
        "run --ready-timeout 0 app.jar",
        "run --ready-timeout 10 app.jar",
        "run --kill-after -1s app.jar",
        "run --keep 0 app.jar",
        "run --keep many app.jar",
        "run --connections maybe app.jar",
        "run --listen 99999 app.jar",
        "run --health up app.jar",
        "frobnicate",
        "status a b",
        "reload --jar",
        "--no-such"
      })
  void wrongUsageIsTwoAndALine(String arguments) {
    Result result = graceful(arguments.split(" "));
    assertThat(result.exitCode()).as(result.toString()).isEqualTo(2);
    assertThat(result.out()).isEmpty();
    assertThat(result.err().strip()).startsWith("graceful: ").doesNotContain("\n");
  }

  @Test
  void aMissingJarOrJvmIsOneAndALine() {
    Result noJar = graceful("run", "--run-dir", temp + "/r", temp + "/no.jar");
    assertThat(noJar.exitCode()).isEqualTo(1);
    assertThat(noJar.err().strip()).contains("no such file").doesNotContain("\n");
    assertThat(temp.resolve("r")).doesNotExist();

    Result noJava = graceful("run", "--java", temp + "/jdk", "app.jar");
    assertThat(noJava.exitCode()).isEqualTo(1);
    assertThat(noJava.err().strip()).contains("no JVM at").doesNotContain("\n");
  }

  @Test
  void instancesAreFoundOrNot() throws Exception {
    Result none = graceful("status", "--run-dir", temp.toString());
    assertThat(none.exitCode()).isEqualTo(3);
    assertThat(none.err()).contains("no instance runs").contains("graceful run");
    try (InstanceDirectory a = InstanceDirectory.create(temp, "a");
        InstanceDirectory b = InstanceDirectory.create(temp, "b")) {
      Result several = graceful("reload", "--run-dir", temp.toString());
      assertThat(several.exitCode()).isEqualTo(2);
      assertThat(several.err()).contains("a, b");
      Result other = graceful("stop", "c", "--run-dir", temp.toString());
      assertThat(other.exitCode()).isEqualTo(3);
      assertThat(other.err()).contains("no instance called c").contains("a, b");
      assertThat(a.path()).isNotEqualTo(b.path());
    }
  }

  @Test
  void helpAndVersionGoToStdout() {
    for (String command :
        List.of("run", "status", "reload", "hammer", "stop", "rollback", "releases")) {
      Result help = graceful(command, "--help");
      assertThat(help.exitCode()).isZero();
      assertThat(help.out()).contains("Example").contains("graceful " + command);
    }
    assertThat(graceful("--help").out()).contains("run", "hammer", "Exit codes");
    assertThat(graceful("--version").out()).startsWith("graceful ");
    assertThat(graceful().exitCode()).isEqualTo(2);
    assertThat(graceful().err()).contains("Commands:");
  }

  @Test
  void theTableIsAligned() {
    Status status =
        new Status(
            "shop",
            4711,
            "1.0",
            1234567890123L,
            "reloading",
            3,
            "0123456789ab",
            List.of(new ListenerStatus("0.0.0.0", 8080, 0), new ListenerStatus("::1", 81, 12)),
            List.of(
                new WorkerStatus(3, 4720, "serving", "0123456789ab", 16, 3725, 123_000_000),
                new WorkerStatus(4, 5101, "starting", "ba9876543210", 0, 2, 0)),
            new LastReload("ok", 3, 1.26, ""));
    assertThat(StatusTable.of(status))
        .isEqualTo(
            """
            shop is reloading: g3, release 0123456789ab (supervisor 4711)

            WORKER  PID   STATE     RELEASE       CONNECTIONS  UPTIME  MEMORY
            g3      4720  serving   0123456789ab  16           1h 2m   123 MB
            g4      5101  starting  ba9876543210  0            2s      -

            LISTENER      WAITING
            0.0.0.0:8080  0
            [::1]:81      12

            last reload: g3 took over after 1.3 s
            """);
  }

  @Test
  void aDirectoryThatIsNoneIsSaidSo() throws Exception {
    Path file = Files.writeString(temp.resolve("f"), "");
    Result result = graceful("status", "--run-dir", file.toString());
    assertThat(result.exitCode()).isEqualTo(1);
    assertThat(result.err()).contains("not a folder");
  }

  private record Result(int exitCode, String out, String err) {}

  private static Result graceful(String... args) {
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    int exitCode = Main.run(args, new PrintWriter(out, true), new PrintWriter(err, true));
    return new Result(exitCode, out.toString(), err.toString());
  }

  private static RunOptions options(String... args) throws Exception {
    CommandLine program = Main.program();
    String[] all = new String[args.length + 1];
    all[0] = "run";
    System.arraycopy(args, 0, all, 1, args.length);
    RunCommand run = (RunCommand) program.parseArgs(all).subcommand().commandSpec().userObject();
    return run.options();
  }
}
