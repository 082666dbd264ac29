package dev.graceful.demo.servers;

import dev.graceful.demo.soak.Questions;
import java.util.List;

/** The servers of the table. */
final class Catalog {
  private static final int TOMCAT_LIMIT = 100;

  private static final String ANSWERS =
      """
      {"mappings": [
        {"request": {"method": "GET", "urlPath": "/"},
         "response": {"status": 200, "body": "hello"}},
        {"request": {"method": "POST", "urlPath": "/echo"},
         "response": {"status": 200, "body": "thanks"}}
      ]}
      """;

  static final List<ServerUnderTest> SERVERS =
      List.of(
          ServerUnderTest.built("socket", "plain ServerSocket", null, 0),
          ServerUnderTest.built("jdk", "JDK HttpServer", null, 0),
          ServerUnderTest.built("tomcat", "Tomcat, embedded", "tomcat.version", TOMCAT_LIMIT),
          ServerUnderTest.built("jetty", "Jetty", "jetty.version", 0),
          ServerUnderTest.built("undertow", "Undertow", "undertow.version", 0),
          ServerUnderTest.built("netty-nio", "Netty, NIO", "netty.version", 0),
          ServerUnderTest.built("netty-epoll", "Netty, epoll", "netty.version", 0),
          ServerUnderTest.springBoot("spring-mvc", "Spring Boot MVC", TOMCAT_LIMIT),
          ServerUnderTest.springBoot("spring-webflux", "Spring Boot WebFlux", 0),
          ServerUnderTest.published(
              "wiremock",
              "WireMock standalone",
              "wiremock.version",
              "wiremock-standalone.jar",
              List.of("--port", "PORT", "--root-dir", "FOLDER", "--no-request-journal"),
              List.of("mappings/answers.json", ANSWERS),
              Questions.get("/").andPost("/echo"),
              0),
          ServerUnderTest.published(
              "webapp-runner",
              "webapp-runner (Tomcat)",
              "webapp-runner.version",
              "webapp-runner.jar",
              List.of("--port", "PORT", "FOLDER"),
              List.of("index.html", "hello\n"),
              Questions.get("/index.html").andPost("/index.html"),
              TOMCAT_LIMIT),
          // Its POSTs belong to a session, which lives in one process: GET only.
          ServerUnderTest.published(
              "h2",
              "H2's web console",
              "h2.version",
              "h2.jar",
              List.of("-web", "-webPort", "PORT", "-properties", "null"),
              List.of(),
              Questions.get("/stylesheet.css").with("Connection: keep-alive"),
              0));

  private Catalog() {}
}
