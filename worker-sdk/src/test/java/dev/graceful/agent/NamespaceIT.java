package dev.graceful.agent;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * A client on another host, or what looks like one from here: in another network namespace, behind
 * a pair of veth devices. Needs root and ip(8); without them there is nothing to see.
 */
@Timeout(600)
class NamespaceIT {
  private static final long ID = ProcessHandle.current().pid() % 10_000;
  private static final String NAMESPACE = "graceful" + ID;
  private static final String HERE = "10.213." + ID % 250 + ".1";
  private static final String THERE = "10.213." + ID % 250 + ".2";

  @TempDir Path dir;

  /** What it prints if it fails, else nothing. */
  private static String ip(String... words) throws Exception {
    List<String> command = new ArrayList<>(List.of("ip"));
    command.addAll(List.of(words));
    try {
      Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
      process.getOutputStream().close();
      String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      boolean ended = process.waitFor(60, TimeUnit.SECONDS);
      return ended && process.exitValue() == 0 ? "" : String.join(" ", command) + ": " + said;
    } catch (IOException e) {
      return e.getMessage();
    }
  }

  private static String open() throws Exception {
    String near = "gra" + ID;
    String far = "grb" + ID;
    for (String command :
        List.of(
            "netns add " + NAMESPACE,
            "link add " + near + " type veth peer name " + far,
            "link set " + far + " netns " + NAMESPACE,
            "addr add " + HERE + "/24 dev " + near,
            "link set " + near + " up",
            "-n " + NAMESPACE + " addr add " + THERE + "/24 dev " + far,
            "-n " + NAMESPACE + " link set " + far + " up")) {
      String failure = ip(command.split(" "));
      if (!failure.isEmpty()) {
        return failure;
      }
    }
    return "";
  }

  @Test
  void aClientFromElsewhere() throws Exception {
    try {
      String failure = open();
      if (!failure.isEmpty()) {
        System.out.println("no second network namespace here, so nothing is tried: " + failure);
      }
      Assumptions.assumeTrue(failure.isEmpty(), failure);
      Path jdk = Program.jdks().get(0);
      List<String> within = List.of("ip", "netns", "exec", NAMESPACE);
      try (Generations all = new Generations(dir, "::", "")) {
        all.start(jdk, "selector");
        String port = Integer.toString(all.port);
        try (WorkerProcess client =
            WorkerProcess.start(within, jdk, List.of(), ClientApp.class, HERE, port)) {
          String address = client.await("CONNECTED ");
          assertThat(address).startsWith("/" + THERE + ":");
          client.tell("/peer");
          assertThat(client.await("ANSWER ")).isEqualTo("g1 GET /peer HTTP/1.1 0 " + address);
          all.start(jdk, "selector");
          all.handOver(1, 2);
          String answer = "";
          long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(120);
          while (!answer.startsWith("g2") && System.nanoTime() < deadline) {
            client.tell("/peer");
            answer = client.await("ANSWER ");
          }
          assertThat(answer).isEqualTo("g2 GET /peer HTTP/1.1 0 " + address);
        } catch (Throwable e) {
          throw new AssertionError(all.said(), e);
        }
        assertThat(all.errors()).isEmpty();
      }
    } finally {
      // and with it the devices
      ip("netns", "del", NAMESPACE);
      ip("link", "del", "gra" + ID);
    }
  }
}
