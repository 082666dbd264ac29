package dev.graceful.demo.servers;

import dev.graceful.demo.soak.Questions;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One server of the table.
 *
 * @param name how the command line calls it
 * @param title how the table calls it
 * @param versionProperty of {@code demo-app/servers/pom.xml}; null: the JDK's own
 * @param jar below the build's folder
 * @param releaseEntry the file in the jar that tells its releases apart; null: the jar stays as it
 *     was published, and each swap goes to the same
 * @param arguments of the application; {@code PORT} and {@code FOLDER} stand for a port and for a
 *     folder of its own
 * @param files that it needs in that folder: path, content, path, content, ...
 * @param requestLimit after how many requests it closes a kept connection by itself; 0: never
 */
record ServerUnderTest(
    String name,
    String title,
    @Nullable String versionProperty,
    String jar,
    @Nullable String releaseEntry,
    List<String> arguments,
    List<String> files,
    Questions questions,
    int requestLimit) {

  /** One that is built here: it tells its release in an X-Version and echoes what is posted. */
  static ServerUnderTest built(
      String name, String title, @Nullable String versionProperty, int requestLimit) {
    return new ServerUnderTest(
        name,
        title,
        versionProperty,
        name + "/" + name + ".jar",
        "release.txt",
        List.of("PORT"),
        List.of(),
        Questions.ofTheDemo(),
        requestLimit);
  }

  /** One that is built here as Spring Boot packs it. */
  static ServerUnderTest springBoot(String name, String title, int requestLimit) {
    return new ServerUnderTest(
        name,
        title,
        "spring-boot.version",
        name + "/" + name + ".jar",
        "BOOT-INF/classes/release.txt",
        List.of("--server.port=PORT"),
        List.of(),
        Questions.ofTheDemo(),
        requestLimit);
  }

  /** One that somebody else published: its jar is run as it is. */
  static ServerUnderTest published(
      String name,
      String title,
      String versionProperty,
      String jar,
      List<String> arguments,
      List<String> files,
      Questions questions,
      int requestLimit) {
    return new ServerUnderTest(
        name,
        title,
        versionProperty,
        "published/" + jar,
        null,
        arguments,
        files,
        questions,
        requestLimit);
  }
}
