package dev.graceful.control;

import java.io.EOFException;
import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.function.Consumer;

/** The operator's end of the control socket. */
public final class ControlClient {
  /** A status may be long; a supervisor is trusted more than a client. */
  private static final int LONGEST_ANSWER = 4 * 1024 * 1024;

  private ControlClient() {}

  /**
   * Asks, and waits for the end of it, however long it takes.
   *
   * @param progress gets each line that the supervisor says meanwhile, on this thread
   * @throws EOFException if the supervisor went away before it answered
   * @throws IOException if nobody listens there (java.net.ConnectException or
   *     java.net.SocketException), or the answer makes no sense
   */
  public static Outcome call(Path controlSocket, Request request, Consumer<String> progress)
      throws IOException {
    try (SocketChannel channel = SocketChannel.open(UnixDomainSocketAddress.of(controlSocket))) {
      ByteBuffer bytes =
          ByteBuffer.wrap((ControlJson.text(request) + "\n").getBytes(StandardCharsets.UTF_8));
      while (bytes.hasRemaining()) {
        channel.write(bytes);
      }
      Lines lines = new Lines(Channels.newInputStream(channel), LONGEST_ANSWER);
      while (true) {
        String line = lines.next();
        if (line == null) {
          throw new EOFException("the supervisor went away before it answered");
        }
        Object answer = ControlJson.answer(line);
        if (answer instanceof Outcome outcome) {
          return outcome;
        }
        progress.accept(answer.toString());
      }
    }
  }
}
