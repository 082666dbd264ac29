package dev.graceful.demo.servers;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Runs the servers of the {@link Catalog} under graceful, one after the other, and writes the table
 * of them. {@code scripts/servers} builds them first. Exit code 0: nothing failed.
 */
public final class Servers {
  private static final PrintStream OUT = System.out;

  private final ServersOptions options;
  private final Path target;

  private Servers(ServersOptions options) {
    this.options = options;
    this.target = options.root().resolve("target/servers");
  }

  /** Runs it; {@code --help} tells the options. */
  public static void main(String[] args) throws Exception {
    if (List.of(args).contains("--help")) {
      OUT.println(ServersOptions.USAGE + ServersOptions.names());
      return;
    }
    ServersOptions options;
    try {
      options = ServersOptions.parse(args);
    } catch (IllegalArgumentException e) {
      System.err.println("servers: " + e.getMessage() + "; scripts/servers --help tells more");
      System.exit(2);
      return;
    }
    System.exit(new Servers(options).run() ? 0 : 1);
  }

  private boolean run() throws IOException, InterruptedException {
    Table table =
        Table.read(target.resolve("results.tsv"), options.root().resolve("docs/servers.md"));
    boolean clean = true;
    for (Path jdk : options.jdks()) {
      String release = property(jdk.resolve("release"), "JAVA_VERSION=\"([^\"]+)\"");
      for (ServerUnderTest server : options.servers()) {
        for (String load : options.loads()) {
          Result result = trial(server, jdk, release, load);
          table.add(result);
          clean &= report(result);
        }
      }
    }
    return clean;
  }

  private Result trial(ServerUnderTest server, Path jdk, String release, String load)
      throws IOException, InterruptedException {
    String version =
        server.versionProperty() == null
            ? release
            : property(
                options.root().resolve("demo-app/servers/pom.xml"),
                "<" + server.versionProperty() + ">([^<]+)");
    Path folder = Files.createTempDirectory("graceful-servers");
    try {
      Trial trial = new Trial(server, load.equals("keep"), options.paceMillis());
      Result result =
          trial.run(
              options.root().resolve("scripts/graceful"),
              jdk,
              target.resolve("build"),
              folder,
              options.seconds(),
              version,
              release);
      Path log = target.resolve("log").resolve(server.name() + "-" + release + "-" + load + ".log");
      Files.createDirectories(log.getParent());
      Files.write(log, trial.log());
      return result;
    } finally {
      delete(folder);
    }
  }

  private static boolean report(Result result) {
    OUT.printf(
        "%-15s JDK %-8s %-4s  %2d swaps of %5d ms  %8d answered  %4d failed  %3d closed  %s%n",
        result.server(),
        result.jdk(),
        result.load(),
        result.swaps(),
        result.swapMillis(),
        result.answered(),
        result.failed(),
        result.closedOtherwise(),
        result.remark());
    return result.failed() == 0 && result.remark().isEmpty();
  }

  private static String property(Path file, String pattern) throws IOException {
    Matcher matcher = Pattern.compile(pattern).matcher(Files.readString(file));
    return matcher.find() ? matcher.group(1) : "?";
  }

  private static void delete(Path folder) throws IOException {
    try (Stream<Path> tree = Files.walk(folder)) {
      for (Path path : tree.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(path);
      }
    }
  }
}
