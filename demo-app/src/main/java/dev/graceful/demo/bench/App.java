package dev.graceful.demo.bench;

import java.nio.file.Path;
import java.util.List;

/**
 * A Java server that is measured, as a jar.
 *
 * @param title how the report calls it
 * @param jars one for each release, or one for both
 * @param releaseEntry the file in the jar that tells its releases apart; empty: the jars differ
 * @param versions what the answers of the two say
 * @param arguments {@code PORT} stands for the port
 */
record App(
    String title,
    List<Path> jars,
    String releaseEntry,
    List<String> versions,
    List<String> arguments) {

  private static final List<String> VERSIONS = List.of("v1", "v2");

  static App demo(Path root) {
    Path target = root.resolve("demo-app/target");
    return new App(
        "demo-app",
        List.of(target.resolve("demo-app-v1.jar"), target.resolve("demo-app-v2.jar")),
        "",
        List.of("hello gin!", "hello q1mi!"),
        List.of("127.0.0.1:PORT"));
  }

  static App springMvc(Path root) {
    return new App(
        "Spring Boot MVC",
        List.of(server(root, "spring-mvc")),
        "BOOT-INF/classes/release.txt",
        VERSIONS,
        List.of("--server.port=PORT"));
  }

  static App tomcat(Path root) {
    return plain(root, "Tomcat, embedded", "tomcat");
  }

  static App nettyNio(Path root) {
    return plain(root, "Netty, NIO", "netty-nio");
  }

  static App nettyEpoll(Path root) {
    return plain(root, "Netty, epoll", "netty-epoll");
  }

  private static App plain(Path root, String title, String name) {
    return new App(title, List.of(server(root, name)), "release.txt", VERSIONS, List.of("PORT"));
  }

  private static Path server(Path root, String name) {
    return root.resolve("target/servers/build/" + name + "/" + name + ".jar");
  }

  /** The application's arguments for a port. */
  List<String> arguments(int port) {
    return arguments.stream().map(a -> a.replace("PORT", Integer.toString(port))).toList();
  }
}
