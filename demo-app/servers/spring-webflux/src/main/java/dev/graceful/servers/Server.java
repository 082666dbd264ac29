package dev.graceful.servers;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;
import reactor.core.publisher.Mono;

/** A server on Spring Boot WebFlux, as its starters set it up. */
@SpringBootApplication
@RestController
public class Server {
  private final String version = version();

  /** Serves until it is killed. Arguments: Spring's. */
  public static void main(String[] args) {
    SpringApplication.run(Server.class, args);
  }

  private static String version() {
    try (InputStream in = Server.class.getResourceAsStream("/release.txt")) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  @GetMapping("/")
  Mono<ResponseEntity<String>> hello(@RequestParam(name = "ms", defaultValue = "0") long millis) {
    var answer =
        Mono.just(
            ResponseEntity.ok().header("X-Version", version).body("hello from " + version + "\n"));
    return millis == 0 ? answer : answer.delayElement(Duration.ofMillis(millis));
  }

  @PostMapping("/echo")
  Mono<ResponseEntity<byte[]>> echo(@RequestBody Mono<byte[]> body) {
    return body.map(bytes -> ResponseEntity.ok().header("X-Version", version).body(bytes));
  }
}
