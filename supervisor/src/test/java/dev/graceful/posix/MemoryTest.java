package dev.graceful.posix;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(300)
class MemoryTest {
  private static final long MB = 1 << 20;

  @TempDir private Path temp;
  private Path proc;
  private Path groups;

  @BeforeEach
  void machine() throws IOException {
    proc = temp.resolve("proc");
    groups = temp.resolve("cgroup");
    write(proc.resolve("meminfo"), "MemTotal: 8192 kB\nMemAvailable:    1024000 kB\n");
  }

  @Test
  void thisMachineHasSome() {
    assertThat(Memory.free().orElseThrow().bytes()).isPositive();
  }

  @Test
  void withoutControlGroupsTheMachineCounts() {
    assertThat(free().bytes()).isEqualTo(1000 * MB);
    assertThat(free().limit()).contains("this machine");
  }

  @Test
  void theSmallestOfTheGroupsAboveCounts() throws IOException {
    write(proc.resolve("self/cgroup"), "0::/shop/web\n");
    write(groups.resolve("shop/web/memory.max"), "max\n");
    write(groups.resolve("shop/web/memory.current"), "" + 10 * MB + "\n");
    write(groups.resolve("shop/memory.max"), 300 * MB + "\n");
    write(groups.resolve("shop/memory.current"), 250 * MB + "\n");
    // what can be given back at once is not taken
    write(
        groups.resolve("shop/memory.stat"),
        "anon 5\ninactive_file " + 20 * MB + "\nactive_file " + 10 * MB + "\n");
    assertThat(free().bytes()).isEqualTo(80 * MB);
    assertThat(free().limit()).endsWith("control group /shop");
  }

  @Test
  void inAContainerTheMountBeginsAtItsOwnGroup() throws IOException {
    write(proc.resolve("self/cgroup"), "0::/\n");
    write(groups.resolve("memory.max"), 64 * MB + "\n");
    write(groups.resolve("memory.current"), 60 * MB + "\n");
    assertThat(free().bytes()).isEqualTo(4 * MB);
  }

  @Test
  void versionOneCountsToo() throws IOException {
    write(proc.resolve("self/cgroup"), "5:cpu:/\n4:memory,hugetlb:/docker/x\n0::/\n");
    write(groups.resolve("memory/memory.limit_in_bytes"), 100 * MB + "\n");
    write(groups.resolve("memory/memory.usage_in_bytes"), 90 * MB + "\n");
    write(groups.resolve("memory/memory.stat"), "total_inactive_file " + 5 * MB + "\n");
    assertThat(free().bytes()).isEqualTo(15 * MB);
    write(groups.resolve("memory/memory.limit_in_bytes"), "9223372036854771712\n");
    assertThat(free().bytes()).isEqualTo(1000 * MB);
  }

  @Test
  void moreThanTheLimitIsNone() throws IOException {
    write(proc.resolve("self/cgroup"), "0::/\n");
    write(groups.resolve("memory.max"), "0\n");
    write(groups.resolve("memory.current"), 60 * MB + "\n");
    assertThat(free().bytes()).isZero();
  }

  private Memory.Free free() {
    return Memory.free(proc, groups).orElseThrow();
  }

  private static void write(Path file, String text) throws IOException {
    Files.createDirectories(file.getParent());
    Files.writeString(file, text);
  }
}
