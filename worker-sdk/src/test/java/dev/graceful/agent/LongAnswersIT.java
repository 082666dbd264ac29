package dev.graceful.agent;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * What is under way when the worker changes ends as it began, and only then its connection goes.
 */
@Timeout(600)
class LongAnswersIT {
  private static final String HANDSHAKE =
      "GET /ws HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
          + "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n";
  private static final int UPLOAD = 300_000;

  @TempDir Path dir;

  static List<Path> jdks() throws IOException {
    return Program.jdks();
  }

  @ParameterizedTest
  @MethodSource("jdks")
  void liveThroughASwapAndEndProperly(Path jdk) throws Exception {
    String app = System.getProperty("graceful.app");
    List<String> program = List.of(app, StreamApp.class.getName());
    try (Generations all = new Generations(dir)) {
      WorkerProcess old = all.startProgram(jdk, "stream", program);
      try (HttpClientSocket download = new HttpClientSocket(all.port);
          HttpClientSocket events = new HttpClientSocket(all.port);
          HttpClientSocket webSocket = new HttpClientSocket(all.port);
          HttpClientSocket upload = new HttpClientSocket(all.port);
          HttpClientSocket idle = new HttpClientSocket(all.port)) {
        download.send("GET /chunks HTTP/1.1\r\nHost: x\r\n\r\n");
        download.head();
        chunks(download, 0, StreamApp.CHUNKS / 2);
        events.send("GET /events HTTP/1.1\r\nHost: x\r\n\r\n");
        events.head();
        old.tell("event one");
        assertThat(chunk(events)).isEqualTo("data: g1 event one\n\n");
        webSocket.send(HANDSHAKE);
        webSocket.head();
        assertThat(webSocket.lastHead).contains("s3pPLMBiTxaQ9kYGzzhZRbK+xOo=");
        assertThat(echo(webSocket, "one")).isEqualTo("g1 one");
        upload.send("POST /up HTTP/1.1\r\nHost: x\r\nContent-Length: " + UPLOAD + "\r\n\r\n");
        upload.send("x".repeat(UPLOAD / 2));
        old.await("ASKED POST /up");
        assertThat(idle.get("/")).isEqualTo("g1 0");

        all.startProgram(jdk, "stream", program);
        all.handOver(1, 2);
        assertThat(idle.moved("g2")).isTrue();

        old.tell("event two");
        assertThat(chunk(events)).isEqualTo("data: g1 event two\n\n");
        assertThat(echo(webSocket, "two")).isEqualTo("g1 two");
        upload.send("x".repeat(UPLOAD - UPLOAD / 2));
        assertThat(upload.answer()).isEqualTo("g1 " + UPLOAD);
        assertThat(upload.moved("g2")).isTrue();
        old.tell("chunks");
        chunks(download, StreamApp.CHUNKS / 2, StreamApp.CHUNKS);
        assertThat(chunk(download)).isEmpty();
        assertThat(download.moved("g2")).isTrue();
        old.tell("end");
        assertThat(chunk(events)).isEmpty();
        assertThat(events.moved("g2")).isTrue();
        assertThat(echo(webSocket, "three")).isEqualTo("g1 three");
        webSocket.send("\u0088\u0080\0\0\0\0");
        assertThat(webSocket.bytes(2)).isEqualTo("\u0088\0");
        assertThat(webSocket.closed()).isTrue();
      } catch (Throwable e) {
        throw new AssertionError(all.said(), e);
      }
      assertThat(all.errors()).isEmpty();
    }
  }

  private static void chunks(HttpClientSocket client, int from, int to) throws IOException {
    for (int i = from; i < to; i++) {
      String data = chunk(client);
      assertThat(data.length()).isEqualTo(StreamApp.CHUNK);
      char letter = (char) ('a' + i % 26);
      assertThat(data.chars().allMatch(c -> c == letter)).as("chunk %d", i).isTrue();
    }
  }

  private static String chunk(HttpClientSocket client) throws IOException {
    StringBuilder size = new StringBuilder();
    while (size.indexOf("\r\n") < 0) {
      size.append(client.bytes(1));
    }
    String data = client.bytes(Integer.parseInt(size.toString().trim(), 16));
    assertThat(client.bytes(2)).isEqualTo("\r\n");
    return data;
  }

  /** With a mask of zeros. */
  private static String echo(HttpClientSocket client, String text) throws IOException {
    client.send("\u0081" + (char) (0x80 | text.length()) + "\0\0\0\0" + text);
    return client.bytes(2 + 3 + text.length()).substring(2);
  }
}
