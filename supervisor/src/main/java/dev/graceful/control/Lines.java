package dev.graceful.control;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** Reads lines of bounded length, UTF-8. */
final class Lines {
  private final InputStream in;
  private final int longest;
  private final byte[] buffer = new byte[4096];
  private int position;
  private int limit;

  /**
   * @param longest in bytes, without the end of the line
   */
  Lines(InputStream in, int longest) {
    this.in = in;
    this.longest = longest;
  }

  /**
   * The next line without its end; null at the end of the stream.
   *
   * @throws LineTooLongException if it is longer than allowed
   * @throws IOException if reading fails, or the stream ends inside a line
   */
  @Nullable String next() throws IOException {
    ByteArrayOutputStream line = new ByteArrayOutputStream();
    while (true) {
      if (position == limit) {
        position = 0;
        limit = Math.max(0, in.read(buffer));
        if (limit == 0) {
          if (line.size() == 0) {
            return null;
          }
          throw new IOException("the line has no end");
        }
      }
      int start = position;
      while (position < limit && buffer[position] != '\n') {
        position++;
      }
      line.write(buffer, start, position - start);
      if (line.size() > longest) {
        throw new LineTooLongException(longest);
      }
      if (position < limit) {
        position++;
        return line.toString(StandardCharsets.UTF_8);
      }
    }
  }

  /** A line is longer than allowed. */
  static final class LineTooLongException extends IOException {
    private static final long serialVersionUID = 1L;

    LineTooLongException(int longest) {
      super("the line is longer than " + longest + " bytes");
    }
  }
}
