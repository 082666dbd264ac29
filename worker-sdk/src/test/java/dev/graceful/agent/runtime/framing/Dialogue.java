package dev.graceful.agent.runtime.framing;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.util.ArrayList;
import java.util.List;

/** What went over one connection, in order, as the server read and wrote it. */
record Dialogue(List<Piece> pieces) {
  /**
   * What one read or write carried.
   *
   * @param fromClient read, not written
   * @param unseen written without passing through memory
   */
  record Piece(boolean fromClient, boolean unseen, String text) {
    Piece {
      unseen &= !fromClient;
    }
  }

  Dialogue() {
    this(new ArrayList<>());
  }

  Dialogue client(String text) {
    pieces.add(new Piece(true, false, text));
    return this;
  }

  Dialogue server(String text) {
    pieces.add(new Piece(false, false, text));
    return this;
  }

  Dialogue sendfile(String text) {
    pieces.add(new Piece(false, true, text));
    return this;
  }

  /** Its first pieces. */
  Dialogue first(int count) {
    return new Dialogue(pieces.subList(0, count));
  }

  /** The same, byte by byte. */
  Dialogue inBytes() {
    Dialogue cut = new Dialogue();
    for (Piece piece : pieces) {
      for (int i = 0; i < piece.text.length(); i++) {
        cut.pieces.add(new Piece(piece.fromClient, piece.unseen, piece.text.substring(i, i + 1)));
      }
    }
    return cut;
  }

  ConnectionFraming play() {
    ConnectionFraming connection = new ConnectionFraming();
    HeapBytes bytes = new HeapBytes(new byte[0]);
    for (Piece piece : pieces) {
      play(piece, connection, bytes);
    }
    return connection;
  }

  static void play(Piece piece, ConnectionFraming connection, HeapBytes bytes) {
    byte[] raw = piece.text.getBytes(ISO_8859_1);
    bytes.set(raw);
    if (piece.fromClient) {
      connection.received(bytes, 0, raw.length);
    } else if (piece.unseen) {
      connection.skippedSent(raw.length);
    } else {
      connection.sent(bytes, 0, raw.length);
    }
  }

  @Override
  public String toString() {
    StringBuilder out = new StringBuilder();
    for (Piece piece : pieces) {
      out.append(piece.fromClient ? "\n> " : piece.unseen ? "\n~ " : "\n< ");
      for (int i = 0; i < piece.text.length(); i++) {
        char c = piece.text.charAt(i);
        switch (c) {
          case '\r' -> out.append("\\r");
          case '\n' -> out.append("\\n");
          default -> out.append(c >= 0x20 && c < 0x7f ? "" + c : String.format("\\x%02x", (int) c));
        }
      }
    }
    return out.toString();
  }
}
