package dev.graceful.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(value = 300, unit = TimeUnit.SECONDS)
class InstanceDirectoryTest {
  @TempDir private Path temp;

  @Test
  void aNameRunsOnce() throws Exception {
    Path run = temp.resolve("deep/run");
    InstanceDirectory first = InstanceDirectory.create(run, "shop");
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(first.path())))
        .isEqualTo("rwx------");
    assertThat(first.releases()).isDirectory();
    assertThat(first.output()).isDirectory();
    assertThat(InstanceDirectory.running(run)).containsExactly("shop");

    InstanceException refused = refusal(run, "shop");
    assertThat(refused.exitCode()).isEqualTo(4);
    assertThat(refused)
        .hasMessageContaining("pid " + ProcessHandle.current().pid())
        .hasMessageContaining("--name");

    try (InstanceDirectory other = InstanceDirectory.create(run, "blog")) {
      assertThat(InstanceDirectory.running(run)).containsExactly("blog", "shop");
      assertThat(other.controlSocket()).isEqualTo(InstanceDirectory.controlSocket(run, "blog"));
    }
    first.close();
    assertThat(InstanceDirectory.running(run)).isEmpty();
    InstanceDirectory.create(run, "shop").close();
  }

  @Test
  void theLockHoldsBetweenProcessesAndDiesWithOne() throws Exception {
    Process holder =
        new ProcessBuilder(
                ProcessHandle.current().info().command().orElseThrow(),
                "-cp",
                System.getProperty("java.class.path"),
                Holder.class.getName(),
                temp.toString())
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    try {
      assertThat(holder.getInputStream().read()).isEqualTo('x');
      assertThat(InstanceDirectory.running(temp)).containsExactly("held");
      assertThat(InstanceDirectory.isRunning(temp, "held")).isTrue();
      assertThat(refusal(temp, "held"))
          .hasMessageContaining("runs already (pid " + holder.pid() + ")");
    } finally {
      holder.destroyForcibly();
      holder.waitFor();
    }
    assertThat(InstanceDirectory.running(temp)).isEmpty();
    InstanceDirectory.create(temp, "held").close();
  }

  /** Holds an instance until it is killed. */
  static final class Holder {
    public static void main(String[] args) throws Exception {
      InstanceDirectory directory = InstanceDirectory.create(Path.of(args[0]), "held");
      System.out.print('x');
      System.out.flush();
      System.in.read();
      directory.close();
    }
  }

  @Test
  void linksAndFilesAreRefused() throws Exception {
    Files.createSymbolicLink(temp.resolve("link"), Files.createDirectory(temp.resolve("real")));
    assertThat(refusal(temp, "link"))
        .hasMessageContaining("link")
        .hasMessageContaining("--run-dir");
    Files.writeString(temp.resolve("file"), "");
    assertThat(refusal(temp, "file")).hasMessageContaining("not a folder");
    assertThat(refusal(temp.resolve("file"), "x")).hasMessageContaining("not a folder");
    assertThatThrownBy(() -> InstanceDirectory.running(temp.resolve("file")))
        .isInstanceOf(InstanceException.class);
    assertThat(InstanceDirectory.running(temp.resolve("nowhere"))).isEmpty();
  }

  @Test
  void aFolderThatEverybodyCanWriteToIsRefused() throws Exception {
    Files.setPosixFilePermissions(temp, PosixFilePermissions.fromString("rwxrwxrwx"));
    assertThat(refusal(temp, "x")).hasMessageContaining("everybody").hasMessageContaining("chmod");
  }

  @Test
  void aFolderOfSomebodyElseIsRefused() throws Exception {
    assumeTrue(FolderCheck.uid() == 0, "only root can give a folder away");
    Path theirs = Files.createDirectory(temp.resolve("theirs"));
    Files.setAttribute(theirs, "unix:uid", 12345);
    assertThat(refusal(theirs, "x")).hasMessageContaining("somebody else");
    assertThat(refusal(temp, "theirs")).hasMessageContaining("somebody else");
  }

  @Test
  void aFolderThatCannotBeWrittenIsRefused() {
    InstanceException refused = refusal(Path.of("/proc/graceful"), "x");
    assertThat(refused.exitCode()).isEqualTo(1);
    assertThat(refused).hasMessageContaining("/proc/graceful").hasMessageContaining("--run-dir");
    assertThat(refused.getMessage()).doesNotContain("\n").doesNotContain("Exception");
  }

  @Test
  void pathsThatCannotHoldASocketAreRefused() {
    assertThat(refusal(temp.resolve("x".repeat(90)), "n").exitCode()).isEqualTo(2);
    assertThat(refusal(temp.resolve("a;b"), "n").exitCode()).isEqualTo(2);
  }

  private static InstanceException refusal(Path run, String name) {
    return catchThrowableOfType(
        InstanceException.class, () -> InstanceDirectory.create(run, name).close());
  }
}
