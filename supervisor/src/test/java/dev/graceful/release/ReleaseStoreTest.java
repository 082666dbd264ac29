package dev.graceful.release;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(value = 300, unit = TimeUnit.SECONDS)
class ReleaseStoreTest {
  @TempDir private Path temp;
  private Path directory;
  private ReleaseStore store;

  @BeforeEach
  void setUp() {
    directory = temp.resolve("releases");
    store = new ReleaseStore(directory);
  }

  @Test
  void aReleaseIsAnImmutableCopy() throws Exception {
    Path jar = TestJar.application("1").write(temp.resolve("app.jar"));
    byte[] content = Files.readAllBytes(jar);
    Release release = store.add(jar);
    new TestJar().write(jar);

    assertThat(release.jar()).hasBinaryContent(content).hasFileName("app.jar");
    assertThat(release.id()).matches("[0-9a-f]{12}");
    Path copy = Files.write(temp.resolve("copy.jar"), content);
    assertThat(new ReleaseStore(temp.resolve("elsewhere")).add(copy).id())
        .as("it follows from the content, and from nothing else")
        .isEqualTo(release.id());
    assertThat(release.jar()).isEqualTo(directory.resolve(release.id()).resolve("app.jar"));
    assertThat(release.size()).isEqualTo(content.length);
    assertThat(release.source()).isEqualTo(jar);
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(release.jar())))
        .isEqualTo("r--r--r--");
    assertThat(names(directory)).containsExactly(release.id());
    assertThat(new ReleaseStore(directory).list()).containsExactly(release);
  }

  @Test
  void theSameContentIsTheSameRelease() throws Exception {
    Path jar = TestJar.application("1").write(temp.resolve("app.jar"));
    Release first = store.add(jar);
    FileTime written = Files.getLastModifiedTime(first.jar());
    Object inode = Files.getAttribute(first.jar(), "unix:ino");
    Release second = store.add(TestJar.application("2").write(jar));
    Release again = store.add(TestJar.application("1").write(jar));
    assertThat(second.id()).isNotEqualTo(first.id());
    assertThat(again.jar()).isEqualTo(first.jar());
    assertThat(again.created()).isEqualTo(first.created());
    assertThat(again.added()).isAfter(second.added());
    assertThat(Files.getAttribute(again.jar(), "unix:ino")).isEqualTo(inode);
    assertThat(Files.getLastModifiedTime(again.jar())).isEqualTo(written);
    assertThat(store.list()).extracting(Release::id).containsExactly(first.id(), second.id());
  }

  /** As if another content had the same sum: only the very same bytes are the same release. */
  @Test
  void whatHasTheSameNameIsCompared() throws Exception {
    Path jar = TestJar.application("1").write(temp.resolve("app.jar"));
    byte[] content = Files.readAllBytes(jar);
    Release first = store.add(jar);
    Files.setPosixFilePermissions(first.jar(), PosixFilePermissions.fromString("rw-------"));
    Files.write(first.jar(), new byte[content.length]);
    Release second = store.add(jar);
    assertThat(second.id()).isNotEqualTo(first.id()).matches("[0-9a-f]{12}");
    assertThat(second.jar()).hasBinaryContent(content);
    assertThat(store.add(jar).id()).isEqualTo(second.id());
    assertThat(store.list()).extracting(Release::id).containsExactly(second.id(), first.id());
  }

  @Test
  void linksAreFollowedAnew() throws Exception {
    Path one = TestJar.application("1").write(temp.resolve("v1/one.jar"));
    Path two = TestJar.application("2").write(temp.resolve("v2/two.jar"));
    Path link = Files.createSymbolicLink(temp.resolve("app.jar"), one);
    Release first = store.add(link);
    Files.delete(link);
    Files.createSymbolicLink(link, two);
    Release second = store.add(link);
    assertThat(first.jar()).hasBinaryContent(Files.readAllBytes(one)).isRegularFile();
    assertThat(second.jar()).hasBinaryContent(Files.readAllBytes(two)).hasFileName("app.jar");
    assertThat(Files.isSymbolicLink(second.jar())).isFalse();
  }

  @Test
  void whatTheClassPathNamesComesAlong() throws Exception {
    new TestJar().classPath("deep.jar ../other/z.jar").write(temp.resolve("a/lib/x%y.jar"));
    new TestJar().entry("app/Main.class", "").write(temp.resolve("a/lib/deep.jar"));
    new TestJar().write(temp.resolve("a/other/z.jar"));
    Files.createDirectories(temp.resolve("a/bin/conf/sub"));
    Files.writeString(temp.resolve("a/bin/conf/sub/app.properties"), "k=v");
    Files.writeString(temp.resolve("a/lib/plain"), "no jar, as the class loader does not mind");
    Path jar =
        new TestJar()
            .main("app.Main")
            .classPath(
                "../lib/x%25y.jar conf/ missing.jar ../lib/plain conf file:/opt/abs.jar"
                    + " http://x/y.jar")
            .write(temp.resolve("a/bin/app.jar"));
    Release release = store.add(jar);
    Path home = directory.resolve(release.id());
    assertThat(release.jar()).isEqualTo(home.resolve("bin/app.jar"));
    assertThat(files(home))
        .containsExactly(
            ".release",
            "bin/app.jar",
            "bin/conf/sub/app.properties",
            "lib/deep.jar",
            "lib/plain",
            "lib/x%y.jar",
            "other/z.jar");

    Files.writeString(temp.resolve("a/bin/conf/sub/app.properties"), "k=w");
    assertThat(store.add(jar).id()).isNotEqualTo(release.id());
    Files.writeString(temp.resolve("a/bin/conf/sub/app.properties"), "k=v");
    assertThat(store.add(jar).jar()).isEqualTo(release.jar());
  }

  @Test
  void anEntryThatClimbsOutAndBackStillNamesTheSame() throws Exception {
    new TestJar().write(temp.resolve("a/bin/y.jar"));
    Path jar =
        TestJar.application("1").classPath("../bin/y.jar").write(temp.resolve("a/bin/app.jar"));
    Release release = store.add(jar);
    assertThat(release.jar().resolveSibling("../bin/y.jar").normalize()).isRegularFile();
    assertThat(release.jar()).isEqualTo(directory.resolve(release.id()).resolve("bin/app.jar"));
  }

  @Test
  void aFolderThatHoldsTheStoreItselfIsCopiedWithoutIt() throws Exception {
    Path jar = TestJar.application("1").classPath(". ./").write(temp.resolve("app.jar"));
    Files.writeString(temp.resolve("log"), "x");
    Release release = store.add(jar);
    assertThat(files(directory.resolve(release.id())))
        .containsExactly(".release", "app.jar", "log");
    assertThat(store.add(jar).jar()).isEqualTo(release.jar());
  }

  @Test
  void badJarsAreRefusedInALine() throws Exception {
    refused(temp.resolve("none.jar"), "no such file");
    refused(Files.createSymbolicLink(temp.resolve("l.jar"), Path.of("gone")), "link to nothing");
    refused(Files.createDirectory(temp.resolve("d.jar")), "folder");
    refused(old(Files.writeString(temp.resolve("text.jar"), "hello")), "not a jar");
    refused(old(Files.writeString(temp.resolve("empty.jar"), "")), "empty");
    refused(old(new TestJar().write(temp.resolve("plain.jar"))), "no Main-Class");
    refused(
        old(new TestJar().main("no.Such").write(temp.resolve("class.jar"))),
        "no.Such as its Main-Class");
    byte[] whole = Files.readAllBytes(TestJar.application("1").write(temp.resolve("w.jar")));
    refused(
        old(Files.write(temp.resolve("half.jar"), List.of(new String(whole, 0, 50)))), "not a jar");
    assertThat(store.list()).isEmpty();
    if (Files.exists(directory)) {
      assertThat(names(directory)).isEmpty();
    }
  }

  @Test
  void aJarOfMultipleReleasesMayHaveItsMainClassInAVersion() throws Exception {
    Path jar =
        new TestJar()
            .main("app.Main")
            .entry("META-INF/versions/17/app/Main.class", "")
            .write(temp.resolve("app.jar"));
    assertThat(store.add(jar).jar()).isRegularFile();
  }

  @Test
  void aJarThatIsStillBeingWrittenIsWaitedFor() throws Exception {
    Path jar = temp.resolve("app.jar");
    byte[] whole = Files.readAllBytes(TestJar.application("1").write(temp.resolve("w.jar")));
    Files.write(jar, java.util.Arrays.copyOf(whole, whole.length / 2));
    Thread writer =
        new Thread(
            () -> {
              try {
                // as soon as the first attempt has begun
                while (!Files.isDirectory(directory)) {
                  Thread.onSpinWait();
                }
                Files.write(jar, whole);
              } catch (IOException e) {
                throw new java.io.UncheckedIOException(e);
              }
            });
    writer.start();
    assertThat(store.add(jar).jar()).hasBinaryContent(whole);
    writer.join();
  }

  @Test
  void aJarThatIsRewrittenAllTheTimeIsNeverMixed() throws Exception {
    Path jar = temp.resolve("app.jar");
    byte[] one =
        Files.readAllBytes(
            TestJar.application("1")
                .entry("big", "a".repeat(200_000))
                .write(temp.resolve("1.jar")));
    byte[] two =
        Files.readAllBytes(
            TestJar.application("2")
                .entry("big", "b".repeat(300_000))
                .write(temp.resolve("2.jar")));
    Files.write(jar, one);
    AtomicBoolean stop = new AtomicBoolean();
    Thread writer =
        new Thread(
            () -> {
              try {
                for (int i = 0; !stop.get(); i++) {
                  Files.write(jar, i % 2 == 0 ? two : one);
                }
              } catch (IOException e) {
                throw new java.io.UncheckedIOException(e);
              }
            });
    writer.start();
    try {
      for (int i = 0; i < 3; i++) {
        try {
          assertThat(Files.readAllBytes(store.add(jar).jar())).isIn(one, two);
        } catch (ReleaseException e) {
          assertThat(e).hasMessageContaining(jar.toString());
        }
      }
    } finally {
      stop.set(true);
      writer.join();
    }
    assertThat(store.add(jar).jar()).hasBinaryContent(Files.readAllBytes(jar));
  }

  @Test
  void oldOnesArePrunedButNotThoseInUse() throws Exception {
    Path jar = temp.resolve("app.jar");
    Release[] releases = new Release[5];
    for (int i = 0; i < 5; i++) {
      releases[i] = store.add(TestJar.application("v" + i).write(jar));
    }
    store.add(TestJar.application("v1").write(jar)); // is the newest again
    store.prune(Set.of(releases[0].id()), 2);
    assertThat(store.list())
        .extracting(Release::id)
        .containsExactly(releases[1].id(), releases[4].id(), releases[0].id());
    assertThat(names(directory))
        .containsExactlyInAnyOrder(releases[0].id(), releases[1].id(), releases[4].id());
  }

  @Test
  void whatBecameOfAReleaseIsKnownToLaterRuns() throws Exception {
    Path jar = temp.resolve("app.jar");
    String one = store.add(TestJar.application("1").write(jar)).id();
    String two = store.add(TestJar.application("2").write(jar)).id();
    String three = store.add(TestJar.application("3").write(jar)).id();
    store.judge(two, Release.Verdict.GOOD);
    store.judge(one, Release.Verdict.GOOD);
    store.judge(three, Release.Verdict.GOOD);
    store.judge(three, Release.Verdict.BAD);
    store.judge("0123456789ab", Release.Verdict.GOOD); // is not there: nothing happens
    ReleaseStore later = new ReleaseStore(directory);
    assertThat(later.good()).extracting(Release::id).containsExactly(two, one);
    assertThat(later.find(three).orElseThrow().verdict()).isEqualTo(Release.Verdict.BAD);
    assertThat(later.find("0123456789ab")).isEmpty();
    assertThat(later.find("../../etc")).isEmpty();
    // content that is here already keeps its name: it is the same release
    assertThat(later.add(TestJar.application("3").write(jar)).verdict())
        .isEqualTo(Release.Verdict.BAD);
  }

  @Test
  void whatAnInterruptedCopyLeftIsRemoved() throws Exception {
    Path jar = TestJar.application("1").write(temp.resolve("app.jar"));
    Release release = store.add(jar);
    Files.createDirectories(directory.resolve(".unfinished-x/parts"));
    Files.writeString(directory.resolve(".unfinished-x/parts/0"), "half");
    Files.delete(release.jar()); // a release that lost its jar is none
    assertThat(store.list()).isEmpty();
    assertThat(store.add(jar).jar()).isRegularFile();
    assertThat(names(directory)).containsExactly(release.id());
  }

  @Test
  void aFullDiskIsSaidSoAndLeavesNothing() throws Exception {
    Path jar =
        TestJar.application("1").entry("big", random(400_000)).write(temp.resolve("app.jar"));
    // a process that may not write files larger than 100 KB, which fails as a full disk does
    Process process =
        new ProcessBuilder(
                "sh",
                "-c",
                "ulimit -f 200; exec \"$@\"",
                "sh",
                ProcessHandle.current().info().command().orElseThrow(),
                "-XX:-UsePerfData",
                "-Xshare:auto",
                "-cp",
                System.getProperty("java.class.path"),
                Adder.class.getName(),
                directory.toString(),
                jar.toString())
            .redirectErrorStream(true)
            .start();
    String printed = new String(process.getInputStream().readAllBytes());
    assertThat(process.waitFor()).as(printed).isEqualTo(7);
    assertThat(printed.strip()).startsWith("cannot copy " + jar).contains("File too large");
    assertThat(names(directory)).isEmpty();
  }

  /** Adds a jar in a process of its own. */
  static final class Adder {
    public static void main(String[] args) {
      try {
        new ReleaseStore(Path.of(args[0])).add(Path.of(args[1]));
      } catch (ReleaseException e) {
        System.out.println(e.getMessage());
        System.exit(7);
      }
    }
  }

  private void refused(Path jar, String why) {
    ReleaseException e = catchThrowableOfType(ReleaseException.class, () -> store.add(jar));
    assertThat(e).as(jar.toString()).hasMessageContaining(jar.toString());
    assertThat(e.getMessage()).contains(why).contains(";").doesNotContain("\n");
  }

  /** A file that was not written to just now is not waited for. */
  private static Path old(Path file) throws IOException {
    return Files.setLastModifiedTime(file, FileTime.from(Instant.now().minusSeconds(60)));
  }

  private static String random(int length) {
    java.util.Random random = new java.util.Random(1);
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < length; i++) {
      text.append((char) (32 + random.nextInt(90)));
    }
    return text.toString();
  }

  private static List<String> names(Path folder) throws IOException {
    try (Stream<Path> entries = Files.list(folder)) {
      return entries.map(path -> path.getFileName().toString()).sorted().toList();
    }
  }

  private static List<String> files(Path folder) throws IOException {
    try (Stream<Path> entries = Files.walk(folder)) {
      return entries
          .filter(Files::isRegularFile)
          .map(path -> folder.relativize(path).toString())
          .sorted()
          .toList();
    }
  }
}
