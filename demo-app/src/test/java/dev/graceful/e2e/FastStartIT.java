package dev.graceful.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import dev.graceful.demo.soak.AppJar;
import dev.graceful.e2e.app.TestServer;
import dev.graceful.worker.Graceful;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Workers start from what earlier ones have left, and never run anything but their own release. */
@Timeout(value = 10, unit = TimeUnit.MINUTES)
class FastStartIT {
  private static final String LAUNCHER = "org/springframework/boot/loader/launch/JarLauncher";

  @RegisterExtension final Workshop workshop = new Workshop();

  static List<Jdk> jdks() throws IOException {
    return Jdk.all();
  }

  /** An archive of the JDK's classes, for a jar without libraries; what it is not when broken. */
  @ParameterizedTest
  @MethodSource("jdks")
  void aNewVersionStartsFromTheArchiveUnlessItIsBroken(Jdk jdk) throws Exception {
    Path log = workshop.folder().resolve("classes");
    GracefulProcess run =
        workshop
            .launch()
            .java(jdk)
            .options("--jvm-arg", "-Xlog:class+load:file=" + log + ".%p")
            .serving(Jars.server("v1"), "v1");
    Path archive = archive(run);
    reload(run, Jars.server("v2"));
    assertThat(mapped(run.workerPid())).contains(archive.toString());
    assertThat(Files.readAllLines(Path.of(log + "." + run.workerPid())))
        .as("the agent's classes are in the archive too")
        .anyMatch(line -> line.contains("dev.graceful.wire.LibC source: shared objects file"))
        .noneMatch(line -> line.contains(" org.objectweb.asm."));

    byte[] bytes = Files.readAllBytes(archive);
    for (int at = bytes.length / 2; at < bytes.length / 2 + 4096; at++) {
      bytes[at] ^= 0x55;
    }
    Path aside = Files.write(archive.resolveSibling("broken"), bytes);
    Files.delete(archive);
    Files.move(aside, archive);
    reload(run, Jars.server("v3"));
    assertThat(run.get("/").version()).isEqualTo("v3");
    assertThat(mapped(run.workerPid())).doesNotContain(archive.toString());
    assertThat(run.out().count("warning")).isZero();
    assertThat(run.err().count("warning")).isZero();
  }

  /** The build has made it, for the JVM that runs the build and these tests. */
  @Test
  void theSupervisorStartsFromItsOwnArchive() throws Exception {
    GracefulProcess run = workshop.launch().serving(Jars.server("v1"), "v1");
    Path java = Path.of(System.getProperty("java.home"), "bin/java").toRealPath();
    String archive = "/graceful-" + System.getProperty("java.version") + ".jsa";
    assumeThat(Path.of("/proc/" + run.pid() + "/exe").toRealPath()).isEqualTo(java);
    assertThat(mapped(run.pid())).contains(archive);
  }

  @Test
  void withoutClassDataNothingIsLeftBehind() throws Exception {
    GracefulProcess run = workshop.launch().options("--no-cds").serving(Jars.server("v1"), "v1");
    assertThat(run.instanceDir().resolve("archives")).doesNotExist();
  }

  @ParameterizedTest
  @MethodSource("jdks")
  void aSpringBootJarIsLaidOutAndNoticesNothing(Jdk jdk) throws Exception {
    GracefulProcess run = workshop.launch().java(jdk).serving(bootJar("v1", "hello"), "v1");
    assertThat(run.get("/greeting").text().strip()).isEqualTo("hello");
    Path archive = archive(run);
    reload(run, bootJar("v2", "bonjour"));
    assertThat(mapped(run.workerPid())).contains(archive.toString());
    // a library has a greeting too: what is the application's own comes first, as ever
    assertThat(run.get("/greeting").text().strip()).isEqualTo("bonjour");
    String info = run.get("/info").text();
    assertThat(info.lines().filter(line -> line.startsWith("property.java.class.path=")).toList())
        .singleElement()
        .asString()
        .endsWith("/app.jar");

    // a version whose own class has the name of one in the archive must not get the archive's
    reload(run, bootJar("v3", "ciao", Graceful.class));
    assertThat(run.get("/greeting").text().strip()).isEqualTo("ciao");
    assertThat(mapped(run.workerPid())).doesNotContain(archive.toString());
  }

  /** A jar as Spring Boot's plugin makes it, with a launcher that cannot run. */
  private AppJar bootJar(String version, String greeting, Class<?>... own) throws IOException {
    Path library = workshop.folder().resolve("library-1.0.jar");
    if (!Files.exists(library)) {
      // once: a jar that is built again is another one
      Jars.greeting("of the library").packageOf(Graceful.class).moveTo(library);
    }
    AppJar jar = new AppJar();
    for (Class<?> one : own) {
      jar.packageOf(one);
    }
    return jar.attribute("Main-Class", LAUNCHER.replace('/', '.'))
        .attribute("Start-Class", TestServer.class.getName())
        .attribute("Spring-Boot-Classes", "BOOT-INF/classes/")
        .attribute("Spring-Boot-Lib", "BOOT-INF/lib/")
        .attribute("Implementation-Version", version)
        .attribute("Options", "sdk=hooks")
        .packageOf(TestServer.class)
        .entry("greeting.txt", greeting.getBytes(StandardCharsets.UTF_8))
        .inside("BOOT-INF/classes/")
        .entry("BOOT-INF/lib/library-1.0.jar", Files.readAllBytes(library))
        .entry(LAUNCHER + ".class", new byte[0]);
  }

  /** Until the verdict: from then on only the new worker accepts. */
  private static void reload(GracefulProcess run, AppJar jar) throws Exception {
    Cli reload = run.reload(jar);
    assertThat(reload.exit()).as(reload.toString()).isZero();
  }

  /** Waits until it is there. */
  static Path archive(GracefulProcess run) throws Exception {
    Path folder = run.instanceDir().resolve("archives");
    Await.until("an archive is made", () -> !files(folder, ".jsa.sum").isEmpty());
    return files(folder, ".jsa").get(0);
  }

  private static List<Path> files(Path folder, String end) throws IOException {
    if (!Files.isDirectory(folder)) {
      return List.of();
    }
    try (Stream<Path> all = Files.list(folder)) {
      return all.filter(file -> file.toString().endsWith(end)).toList();
    }
  }

  private static String mapped(long pid) throws IOException {
    return Files.readString(Path.of("/proc/" + pid + "/maps"));
  }
}
