package dev.graceful.agent.runtime.framing;

import dev.graceful.agent.runtime.framing.Dialogue.Piece;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/** Spoils dialogues, cuts them at other places, and makes up noise. */
final class DialogueSpoiler {
  private static final String[] SNIPPETS = {
    "\r\n",
    "\n",
    "\r",
    " ",
    "\t",
    "\u0000",
    "\u007f",
    ":",
    "0",
    "00",
    "1",
    "f",
    ";x=y",
    "\r\n\r\n",
    "\n\n",
    "Content-Length: 3\r\n",
    "Content-Length: 01\r\n",
    "Content-Length: 00\r\n",
    "Content-Length: 0\r\n",
    "content-length : 1\r\n",
    "Content-Length: +1\r\n",
    "Content-Length: 1,1\r\n",
    "Transfer-Encoding: chunked\r\n",
    "Transfer-Encoding: gzip, chunked\r\n",
    "Transfer-Encoding:\u000bchunked\r\n",
    " folded\r\n",
    "Connection: close\r\n",
    "Connection: a, CLOSE\r\n",
    "Expect: 100-continue\r\n",
    "Expect: x\r\n",
    "Authorization: NTLM x\r\n",
    "WWW-Authenticate: Basic, Negotiate\r\n",
    "HTTP/1.0",
    "HTTP/1.1 100 Continue\r\n\r\n",
    "HTTP/1.1 101 Switching\r\n\r\n",
    "0\r\n\r\n",
    "HTTP/1.1 103 Early Hints\r\n\r\n",
    "HTTP/1.1 204 No Content\r\n\r\n",
    "CONNECT",
    "HEAD / ",
    "GET / HTTP/1.1\r\n\r\n",
    "HEAD / HTTP/1.1\r\n\r\n",
    "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
    "POST / HTTP/1.1\r\nContent-Length: 2\r\n\r\nab",
    "HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\na",
    "HTTP/1.1 408 Request Timeout\r\n\r\n",
    "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n",
    "80000000\r\n",
    "100000000\r\n",
    "7fffffff\r\n",
    "\u0016\u0003\u0001\u0002\u0000\u0001",
    "k\u00e9\u00ff",
  };

  private final SplittableRandom random;

  DialogueSpoiler(SplittableRandom random) {
    this.random = random;
  }

  /** Snippets in any order. */
  Dialogue noise() {
    Dialogue noise = new Dialogue();
    for (int i = random.nextInt(12); i >= 0; i--) {
      String text = SNIPPETS[random.nextInt(SNIPPETS.length)];
      if (random.nextInt(4) == 0) {
        text = "" + (char) random.nextInt(256) + (char) random.nextInt(256);
      }
      noise.pieces().add(new Piece(random.nextBoolean(), random.nextInt(30) == 0, text));
    }
    return noise;
  }

  /** One change to one piece, or to the order. */
  Dialogue spoil(Dialogue dialogue) {
    List<Piece> pieces = new ArrayList<>(dialogue.pieces());
    if (pieces.isEmpty()) {
      return noise();
    }
    int i = random.nextInt(pieces.size());
    Piece piece = pieces.get(i);
    String text = piece.text();
    int at = random.nextInt(text.length() + 1);
    int to = Math.min(text.length(), at + 1 + random.nextInt(4));
    String snippet = SNIPPETS[random.nextInt(SNIPPETS.length)];
    switch (random.nextInt(10)) {
      case 0 -> text = text.substring(0, at) + text.substring(to);
      case 1 -> text = text.substring(0, at) + snippet + text.substring(at);
      case 2 -> text = text.substring(0, at) + snippet + text.substring(to);
      case 3 -> text = text.substring(0, at) + (char) random.nextInt(256) + text.substring(to);
      case 4 -> text = text.substring(0, to) + text.substring(at);
      case 5 -> text = afterSomeLine(text, snippet);
      case 6 -> {
        pieces.add(random.nextInt(pieces.size()), piece);
        return new Dialogue(pieces);
      }
      case 7 -> piece = new Piece(!piece.fromClient(), false, text);
      case 8 -> piece = new Piece(piece.fromClient(), !piece.unseen(), text);
      default -> {
        pieces.remove(i);
        pieces.add(random.nextInt(pieces.size() + 1), piece);
        return new Dialogue(pieces);
      }
    }
    pieces.set(i, new Piece(piece.fromClient(), piece.unseen(), text));
    return new Dialogue(pieces);
  }

  private String afterSomeLine(String text, String snippet) {
    int line = text.indexOf("\r\n", random.nextInt(text.length() + 1));
    return line < 0 ? text : text.substring(0, line + 2) + snippet + text.substring(line + 2);
  }

  /** The same bytes in the same order, but in other pieces: joined at times, and cut. */
  Dialogue cut(Dialogue dialogue) {
    Dialogue joined = new Dialogue();
    Piece last = null;
    for (Piece piece : dialogue.pieces()) {
      if (last != null
          && last.fromClient() == piece.fromClient()
          && last.unseen() == piece.unseen()
          && random.nextInt(3) > 0) {
        last = new Piece(piece.fromClient(), piece.unseen(), last.text() + piece.text());
      } else {
        if (last != null) {
          pieces(joined, last);
        }
        last = piece;
      }
    }
    if (last != null) {
      pieces(joined, last);
    }
    return joined;
  }

  private void pieces(Dialogue into, Piece piece) {
    String text = piece.text();
    int most =
        switch (random.nextInt(8)) {
          case 0 -> 4;
          case 1, 2 -> 40;
          default -> Integer.MAX_VALUE;
        };
    for (int at = 0; at < text.length(); ) {
      int to = (int) Math.min(text.length(), at + 1L + random.nextInt(most));
      into.pieces().add(new Piece(piece.fromClient(), piece.unseen(), text.substring(at, to)));
      at = to;
    }
  }
}
