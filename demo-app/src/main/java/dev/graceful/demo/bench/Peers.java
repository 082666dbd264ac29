package dev.graceful.demo.bench;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** The ways to replace a server that are compared, and which of them this machine can run. */
final class Peers {
  private static final Path TABLEFLIP =
      Path.of("/usr/share/gocode/src/github.com/cloudflare/tableflip");

  private Peers() {}

  /** Makes a contender in a folder of its own. */
  interface Factory {
    Contender in(Path folder) throws IOException, InterruptedException;
  }

  /**
   * One way.
   *
   * @param missing what has to be installed first, and how; empty: nothing
   * @param how it is replaced
   */
  record Peer(String name, String missing, String how, Factory factory) {}

  static List<Peer> of(Setting setting, App app) {
    Path root = setting.root();
    return List.of(
        new Peer(
            "graceful",
            "",
            "`HUP`, run with `--health /`",
            folder -> new Graceful(root, setting.jdk(), app, folder, "--health", "/")),
        new Peer(
            "java -jar",
            "",
            "stopped with `TERM`, started again",
            folder -> new Bare(setting.jdk(), app, folder)),
        new Peer(
            "nginx, two JVMs",
            nginxMissing(),
            "the new JVM on another port, `nginx -s reload`, the old JVM stopped when nginx's old"
                + " workers have ended",
            folder -> new BehindNginx(root, setting.jdk(), app, folder)),
        new Peer(
            "Go, tableflip",
            tableflipMissing(),
            "`HUP`, as tableflip's own HTTP example does it",
            folder -> tableflip(setting, folder)),
        new Peer(
            "Python, gunicorn",
            inPath("gunicorn") ? "" : "gunicorn is not installed: apt-get install gunicorn",
            "`HUP` to the master, workers of the kind `gthread`",
            folder -> new Gunicorn(root, folder)));
  }

  static String nginxMissing() {
    return inPath("nginx") ? "" : "nginx is not installed: apt-get install nginx-light";
  }

  private static String tableflipMissing() {
    return inPath("go") && Files.isDirectory(TABLEFLIP)
        ? ""
        : "Go or tableflip is not installed: apt-get install golang-go"
            + " golang-github-cloudflare-tableflip-dev";
  }

  private static Contender tableflip(Setting setting, Path folder)
      throws IOException, InterruptedException {
    Path built = setting.root().resolve("target/bench/tableflip");
    Tableflip.build(setting.root(), built);
    return new Tableflip(built, folder);
  }

  private static boolean inPath(String program) {
    String path = System.getenv("PATH");
    for (String folder : (path == null ? "/usr/bin" : path).split(File.pathSeparator, -1)) {
      if (Path.of(folder, program).toFile().canExecute()) {
        return true;
      }
    }
    return false;
  }
}
