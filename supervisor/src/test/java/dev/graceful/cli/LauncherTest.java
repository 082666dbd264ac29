package dev.graceful.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** scripts/graceful with a JVM that only tells how it was started. */
@Timeout(value = 300, unit = TimeUnit.SECONDS)
class LauncherTest {
  /** HUP 1, INT 2, USR1 10, USR2 12, TERM 15, TSTP 20: bit N-1 each. */
  private static final long SIX_SIGNALS = 1 | 1 << 1 | 1 << 9 | 1 << 11 | 1 << 14 | 1 << 19;

  @TempDir private Path temp;
  private Path script;
  private Path java;

  @BeforeEach
  void install() throws IOException {
    script = temp.resolve("root/scripts/graceful");
    Path program = temp.resolve("root/supervisor/target/graceful/lib");
    Files.createDirectories(script.getParent());
    Files.createDirectories(program);
    Files.writeString(program.resolve("graceful.jar"), "");
    Files.copy(Path.of("../scripts/graceful").toAbsolutePath().normalize(), script);
    java = temp.resolve("jdk/bin/java");
    Files.createDirectories(java.getParent());
    Files.writeString(temp.resolve("jdk/release"), "JAVA_VERSION=\"17.0.1\"\n");
    executable(
        java,
        """
        #!/bin/sh
        for argument; do printf '<%s>\\n' "$argument"; done
        while read -r line; do case $line in SigBlk:* | ShdPnd:*) echo "$line" ;; esac; done </proc/$$/status
        exec env
        """);
  }

  @Test
  void runBlocksTheSixSignalsAndKeepsArguments() throws Exception {
    String printed = launch(Map.of(), 0, "run", "app.jar", "a b", "", "*", "--help");
    assertThat(printed).contains("<run>\n<app.jar>\n<a b>\n<>\n<*>\n<--help>\n").contains("<-Xrs>");
    assertThat(printed).doesNotContain("--signals-are-blocked");
    assertThat(blocked(printed) & SIX_SIGNALS).isEqualTo(SIX_SIGNALS);
  }

  @Test
  void theUsersJvmVariablesAreSavedForWorkers() throws Exception {
    List<String> printed =
        launch(
                Map.of("JAVA_TOOL_OPTIONS", "-Da='b c' $x", "_JAVA_SR_SIGNUM", "40"),
                0,
                "run",
                "app.jar")
            .lines()
            .toList();
    assertThat(printed)
        .contains(
            "GRACEFUL_SAVED_JAVA_TOOL_OPTIONS=-Da='b c' $x",
            "GRACEFUL_SAVED__JAVA_SR_SIGNUM=40",
            "_JAVA_SR_SIGNUM=50",
            "GRACEFUL_SAVED_JDK_JAVA_OPTIONS=")
        .noneMatch(line -> line.startsWith("JAVA_TOOL_OPTIONS="))
        .noneMatch(line -> line.startsWith("JDK_JAVA_OPTIONS="));
  }

  @Test
  void aLinkToItFindsTheProgram() throws Exception {
    Path link = temp.resolve("bin-graceful");
    Files.createSymbolicLink(link, script);
    script = link;
    assertThat(launch(Map.of(), 0, "status"))
        .contains("<" + temp.toRealPath() + "/root/supervisor/target/graceful/lib/graceful.jar>")
        .doesNotContain("<-Xrs>");
    assertThat(launch(Map.of(), 0, "run", "x.jar")).contains("<-Xrs>");
  }

  @Test
  void aJvmThatIsTooOldIsSaidSo() throws Exception {
    Files.writeString(temp.resolve("jdk/release"), "JAVA_VERSION=\"11.0.1\"\n");
    assertThat(launch(Map.of(), 1, "status").strip())
        .startsWith("graceful: GRACEFUL_JAVA=")
        .contains("17 or later")
        .doesNotContain("\n");
  }

  @Test
  void itIsBuiltOnceWhereItIsNot() throws Exception {
    Path jar = temp.resolve("root/supervisor/target/graceful/lib/graceful.jar");
    Files.delete(jar);
    Files.writeString(temp.resolve("root/pom.xml"), "");
    executable(temp.resolve("root/mvnw"), "#!/bin/sh\necho built with \"$@\"\n: > '" + jar + "'\n");
    String printed = launch(Map.of(), 0, "status");
    assertThat(printed).contains("building it first").contains("-DskipTests package");
    assertThat(launch(Map.of(), 0, "status")).doesNotContain("building");

    Files.delete(jar);
    String run = launch(Map.of(), 0, "run", "app.jar");
    assertThat(run).contains("building it first");
    assertThat(blocked(run) & SIX_SIGNALS)
        .as("signals blocked after a build")
        .isEqualTo(SIX_SIGNALS);
  }

  /** Each program that the launcher runs waits until the signals have been sent. */
  @Test
  void signalsAreKeptWhateverTheLauncherDoes() throws Exception {
    Path slow = Files.createDirectories(temp.resolve("slow"));
    Path running = temp.resolve("running");
    Path sent = temp.resolve("sent");
    for (String tool : List.of("readlink", "sed", "uname")) {
      Path wrapper = slow.resolve(tool);
      executable(
          wrapper,
          "#!/bin/sh\n: > '%s'\nwhile ! [ -e '%s' ]; do sleep 0.02; done\nexec /usr/bin/%s \"$@\"\n"
              .formatted(running, sent, tool));
      String path = slow + ":" + System.getenv("PATH");
      Process process = start(Map.of("PATH", path), "run", "app.jar");
      while (!Files.exists(running)) {
        assertThat(process.isAlive()).isTrue();
        Thread.onSpinWait();
      }
      for (String signal : List.of("HUP", "TERM", "USR2")) {
        new ProcessBuilder("kill", "-" + signal, "" + process.pid()).start().waitFor();
      }
      Files.writeString(sent, "");
      String printed = end(process, 0);
      assertThat(mask(printed, "ShdPnd") & SIX_SIGNALS).as(tool).isEqualTo(1 | 1 << 11 | 1 << 14);
      Files.delete(sent);
      Files.delete(running);
      Files.delete(wrapper);
    }
  }

  @Test
  void signalsThatComeWhileItIsBuiltAreKept() throws Exception {
    Path jar = temp.resolve("root/supervisor/target/graceful/lib/graceful.jar");
    Files.delete(jar);
    Files.writeString(temp.resolve("root/pom.xml"), "");
    Path building = temp.resolve("building");
    Path sent = temp.resolve("sent");
    executable(
        temp.resolve("root/mvnw"),
        "#!/bin/sh\n: > '%s'\nwhile ! [ -e '%s' ]; do sleep 0.02; done\n: > '%s'\n"
            .formatted(building, sent, jar));
    Process process = start(Map.of(), "run", "app.jar");
    while (!Files.exists(building)) {
      assertThat(process.isAlive()).isTrue();
      Thread.sleep(10);
    }
    for (String signal : List.of("HUP", "TERM", "USR2", "TSTP", "HUP")) {
      new ProcessBuilder("kill", "-" + signal, "" + process.pid()).start().waitFor();
    }
    Files.writeString(sent, "");
    String printed = end(process, 0);
    assertThat(blocked(printed) & SIX_SIGNALS).isEqualTo(SIX_SIGNALS);
    // HUP, USR2, TERM and TSTP wait until they are read
    assertThat(mask(printed, "ShdPnd") & SIX_SIGNALS).isEqualTo(1 | 1 << 11 | 1 << 14 | 1 << 19);
  }

  @Test
  void itTellsWhatItWouldRun() throws Exception {
    String told =
        launch(Map.of("JAVA_TOOL_OPTIONS", "-Da"), 0, "--tell-command", "run", "a b", "", "*");
    List<String> words = List.of(told.split("\0", -1));
    int command = words.indexOf("graceful-command");
    assertThat(words.subList(0, command))
        .contains("GRACEFUL_SAVED_JAVA_TOOL_OPTIONS=-Da", "_JAVA_SR_SIGNUM=50");
    assertThat(words.get(command + 1)).isEqualTo(java.toString());
    assertThat(words.subList(words.indexOf("-jar") + 2, words.size()))
        .containsExactly("run", "a b", "", "*", "");
    assertThat(words).contains("-Dgraceful.launcher=" + script);
  }

  /** The mask of blocked signals that the stand-in JVM met. */
  private static long blocked(String printed) {
    return mask(printed, "SigBlk");
  }

  private static long mask(String printed, String name) {
    String mask = printed.replaceAll("(?s).*" + name + ":\\s*([0-9a-f]+).*", "$1");
    return Long.parseUnsignedLong(mask, 16);
  }

  private String launch(Map<String, String> environment, int exitCode, String... arguments)
      throws Exception {
    return end(start(environment, arguments), exitCode);
  }

  private Process start(Map<String, String> environment, String... arguments) throws IOException {
    List<String> command = new ArrayList<>(List.of(script.toString()));
    command.addAll(List.of(arguments));
    ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
    builder.environment().keySet().removeIf(name -> name.contains("JAVA") || name.contains("JDK"));
    builder.environment().put("GRACEFUL_JAVA", java.toString());
    builder.environment().putAll(environment);
    Process process = builder.start();
    process.getOutputStream().close();
    return process;
  }

  private static String end(Process process, int exitCode) throws Exception {
    String printed = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).as(printed).isEqualTo(exitCode);
    return printed;
  }

  private static void executable(Path file, String text) throws IOException {
    Files.writeString(file, text);
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
  }
}
