package dev.graceful.archive;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The JVM that workers run on, as it is now: a package manager may replace it under a running
 * supervisor.
 *
 * @param identity changes when the JVM does
 * @param feature 17 for 17.0.15; 0 if it cannot be told
 */
record JavaRuntime(Path binary, String identity, int feature) {
  private static final Pattern VERSION = Pattern.compile("JAVA_VERSION=\"(\\d+)");

  /** Whose options and archives are others than HotSpot's. */
  private static final Pattern OTHER_JVM = Pattern.compile("(?i)openj9|graalvm");

  static JavaRuntime of(Path binary) {
    try {
      Path real = binary.toRealPath();
      Path bin = real.getParent();
      Path home = bin == null ? null : bin.getParent();
      if (home == null) {
        return new JavaRuntime(binary, "", 0);
      }
      byte[] release = Files.readAllBytes(home.resolve("release").toRealPath());
      String text = new String(release, StandardCharsets.ISO_8859_1);
      if (OTHER_JVM.matcher(text).find()) {
        return new JavaRuntime(binary, "", 0);
      }
      Matcher version = VERSION.matcher(text);
      String identity =
          real
              + "\n"
              + text
              + stamp(home.resolve("lib/modules"))
              + stamp(home.resolve("lib/server/libjvm.so"));
      return new JavaRuntime(
          binary, identity, version.find() ? Integer.parseInt(version.group(1)) : 0);
    } catch (IOException e) {
      return new JavaRuntime(binary, "", 0); // an unusual one: nothing is kept for it
    }
  }

  static String stamp(Path file) throws IOException {
    return file + " " + Files.readAttributes(file, "unix:ino,size,ctime,lastModifiedTime") + "\n";
  }
}
