package dev.graceful.e2e;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;

/** What only root can try: where it cannot be, the test says so in a line and is left out. */
final class Root {
  private Root() {}

  /** That a command works here, as which the test will start things. */
  static void assumeWorks(String what, String... command) throws IOException, InterruptedException {
    boolean works = false;
    if (System.getProperty("user.name").equals("root")) {
      try {
        works =
            new ProcessBuilder(command)
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .start()
                    .waitFor()
                == 0;
      } catch (IOException e) {
        works = false; // there is no such program
      }
    }
    if (!works) {
      System.out.println("Left out: " + what + " cannot be tried here.");
    }
    assumeTrue(works, what);
  }

  /** A prefix that runs a command as that user. */
  static List<String> as(String user) {
    return List.of("setpriv", "--reuid=" + user, "--regid=65534", "--clear-groups", "--");
  }

  /** Others may pass through a folder that only its owner could enter. */
  static void letThrough(Path folder) throws IOException {
    Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwx--x--x"));
  }
}
