package dev.graceful.process;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

/** The last lines of several streams, in the order in which they were seen, in bounded memory. */
final class LastLines {
  static final int LINES = 20;

  /** Of a longer line the first bytes are kept. */
  static final int LINE_BYTES = 500;

  private final Deque<byte[]> lines = new ArrayDeque<>(LINES);
  private final List<Stream> streams = new ArrayList<>();

  /** One of the streams; its lines are never mixed up with those of another. */
  final class Stream {
    private final ByteArrayOutputStream unfinished = new ByteArrayOutputStream();

    void add(byte[] bytes, int length) {
      synchronized (lines) {
        int from = startOfLastLines(bytes, length);
        if (from > 0) {
          unfinished.reset(); // its line would be pushed out by those that follow
        }
        for (int i = from; i < length; i++) {
          if (bytes[i] == '\n') {
            append(bytes, from, i);
            finish();
            from = i + 1;
          }
        }
        append(bytes, from, length);
      }
    }

    private void append(byte[] bytes, int from, int to) {
      unfinished.write(bytes, from, Math.min(to - from, LINE_BYTES - unfinished.size()));
    }

    private void finish() {
      if (lines.size() == LINES) {
        lines.removeFirst();
      }
      lines.addLast(unfinished.toByteArray());
      unfinished.reset();
    }
  }

  /** Where the last lines begin: a worker may print faster than all of its lines could be kept. */
  private static int startOfLastLines(byte[] bytes, int length) {
    int ends = 0;
    for (int i = length - 1; i >= 0; i--) {
      if (bytes[i] == '\n' && ++ends > LINES) {
        return i + 1;
      }
    }
    return 0;
  }

  Stream stream() {
    Stream stream = new Stream();
    streams.add(stream);
    return stream;
  }

  /** The lines, oldest first; a line that has no end yet counts as one. */
  List<String> snapshot() {
    synchronized (lines) {
      List<byte[]> all = new ArrayList<>(lines);
      for (Stream stream : streams) {
        if (stream.unfinished.size() > 0) {
          all.add(stream.unfinished.toByteArray());
        }
      }
      return all.subList(Math.max(0, all.size() - LINES), all.size()).stream()
          .map(LastLines::text)
          .toList();
    }
  }

  private static String text(byte[] line) {
    // whatever a worker prints, it must not move the cursor of who reads a message
    return new String(line, StandardCharsets.UTF_8)
        .stripTrailing()
        .replaceAll("[\\p{Cntrl}&&[^\t]]", "?");
  }
}
