package dev.graceful.demo.servers;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Asks an instance for its status without starting a JVM for each question. */
public final class ControlSocket {
  private static final Pattern RELOAD =
      Pattern.compile(
          "\"last_reload\":\\{\"verdict\":\"(\\w+)\",\"generation\":(\\d+),.*?\"reason\":\"([^\"]*)");
  private static final Pattern SERVES = Pattern.compile("\"generation\":(\\d+)");
  private static final Pattern WORKER =
      Pattern.compile("\\{\"generation\":(\\d+),\"pid\":(\\d+),\"state\":\"(\\w+)\"");

  private final Path path;

  /** The one at {@code path}; it need not be there yet. */
  public ControlSocket(Path path) {
    this.path = path;
  }

  /** A worker that lives. */
  public record WorkerLine(int generation, long pid, String state) {}

  /**
   * What of the status counts here.
   *
   * @param serving the generation that serves; 0: none
   */
  public record State(
      int serving,
      String verdict,
      int verdictGeneration,
      String reason,
      List<WorkerLine> workers,
      String json) {}

  /**
   * The instance's state now.
   *
   * @throws IOException if there is no instance, or its answer is none
   */
  public State state() throws IOException {
    String json = ask();
    Matcher serves = SERVES.matcher(json);
    Matcher reload = RELOAD.matcher(json);
    if (!serves.find() || !reload.find()) {
      throw new IOException("not a status: " + json);
    }
    List<WorkerLine> workers = new ArrayList<>();
    for (Matcher worker = WORKER.matcher(json); worker.find(); ) {
      workers.add(
          new WorkerLine(
              Integer.parseInt(worker.group(1)), Long.parseLong(worker.group(2)), worker.group(3)));
    }
    return new State(
        Integer.parseInt(serves.group(1)),
        reload.group(1),
        Integer.parseInt(reload.group(2)),
        reload.group(3),
        workers,
        json);
  }

  private String ask() throws IOException {
    try (SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX)) {
      channel.connect(UnixDomainSocketAddress.of(path));
      ByteBuffer request =
          StandardCharsets.UTF_8.encode("{\"command\":\"status\",\"arguments\":{}}\n");
      while (request.hasRemaining()) {
        channel.write(request);
      }
      ByteArrayOutputStream answer = new ByteArrayOutputStream();
      ByteBuffer buffer = ByteBuffer.allocate(8192);
      while (channel.read(buffer) >= 0) {
        answer.write(buffer.array(), 0, buffer.position());
        buffer.clear();
      }
      return answer.toString(StandardCharsets.UTF_8);
    }
  }
}
