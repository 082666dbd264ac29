package dev.graceful.agent.runtime.framing;

import dev.graceful.agent.runtime.framing.Dialogue.Piece;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/** Makes up dialogues that correct clients and servers could have, some of them pipelined. */
final class DialogueMaker {
  private static final String[] CLIENT_FIELDS = {
    "Host: localhost:8080",
    "User-Agent: curl/8.5.0",
    "Accept: */*",
    "accept-encoding:gzip",
    "Connection: keep-alive",
    "connection:\tTE, Keep-Alive",
    "Connection: Upgrade, HTTP2-Settings",
    "Upgrade: h2c",
    "Cookie: a=b; c=\"d\te\"",
    "X-Empty:",
    "Content-Type: text/plain ",
    "Authorization: Basic YWxhZGRpbjpvcGVu",
    "authorization: Bearer ntlm.negotiate",
    "Cont: x",
    "Content-Lengths: 7",
    "Transfer-Encodin: chunked",
    "Proxy-Connection: keep-alive",
    "X-Long: 0123456789012345678901234567890123456789012345678901234567890123456789",
    "Expected: 1",
    "Forwarded: for=\u00e9\u00ff",
    "_x!#$%&'*+.^`|~: ,;:",
  };
  private static final String[] SERVER_FIELDS = {
    "Date: Thu, 01 Jan 1970 00:00:00 GMT",
    "Server: x",
    "Content-Type: text/html;charset=utf-8",
    "Connection: keep-alive",
    "Keep-Alive: timeout=20, max=1000",
    "ETag: \"1234\"",
    "Vary: *",
    "WWW-Authenticate: Basic realm=\"n\", Digest nonce=\"nn\"",
    "Set-Cookie: s=1; Path=/",
    "Trailer: X-Sum",
    "Content-Lengt: 3",
    "X-Content-Length: 5",
    "CONNECTION:",
    "Upgrade: h2",
    "Last-Modified:  Thu, 01 Jan 1970 00:00:00 GMT\t",
  };
  private static final String[] METHODS = {
    "GET",
    "GET",
    "GET",
    "HEAD",
    "POST",
    "POST",
    "PUT",
    "DELETE",
    "OPTIONS",
    "M-SEARCH",
    "TRACE",
    "PROPFIND",
    "X",
    "HEADER",
    "AAAAAAAAAAAAAAAAAAAA",
  };
  private static final String[] TARGETS = {
    "/", "*", "/a/b?c=d&e=%20", "http://host:80/x", "/\"<>\\^`{|}", "/averyveryverylongpath/indeed",
  };
  private static final String[] STATUS = {
    "200 OK",
    "200 OK",
    "200 ",
    "404 Not Found",
    "204 No Content",
    "304 Not Modified",
    "205 Reset",
    "500 Internal\tError",
    "400 \u00e9",
    "302 Found",
    "599 x",
    "408 Request Timeout",
  };

  private final SplittableRandom random;
  private final List<Piece> pieces = new ArrayList<>();

  /** Of each unanswered request: whether it is HEAD. */
  private final List<Boolean> unanswered = new ArrayList<>();

  /** Whether both sides say the same again and again, as those of a program do. */
  private final boolean repeating;

  private final List<Said> asked = new ArrayList<>();
  private final List<Said> told = new ArrayList<>();

  /**
   * A message.
   *
   * @param first the method or the status
   * @param fields with the empty line
   * @param head whether it is HEAD, or an answer to that
   */
  private record Said(String first, String fields, List<String> body, boolean head) {}

  private DialogueMaker(SplittableRandom random) {
    this.random = random;
    repeating = random.nextInt(4) == 0;
  }

  /** A dialogue that ends at a boundary, in pieces as its parts are. */
  static Dialogue make(SplittableRandom random) {
    DialogueMaker maker = new DialogueMaker(random);
    maker.talk();
    return new Dialogue(maker.pieces);
  }

  private void talk() {
    int requests =
        random.nextInt(1000) == 0 ? random.nextInt(80) : random.nextInt(repeating ? 8 : 4);
    int depth = random.nextInt(3) == 0 ? 1 + random.nextInt(60) : 1;
    for (int i = 0; i < requests; i++) {
      if (unanswered.size() == depth) {
        answer();
      }
      request();
      while (!unanswered.isEmpty() && random.nextInt(3) == 0) {
        answer();
      }
    }
    while (!unanswered.isEmpty()) {
      answer();
    }
  }

  private Said newRequest() {
    String method = pick(METHODS);
    boolean bodiless = List.of("GET", "HEAD", "TRACE").contains(method);
    List<String> fields = some(CLIENT_FIELDS);
    List<String> body = body(fields, bodiless);
    if (random.nextInt(6) == 0) {
      insert(fields, random.nextBoolean() ? "Expect: 100-continue" : "expect:100-Continue");
    }
    return new Said(method, block(fields), body, method.equals("HEAD"));
  }

  private static String block(List<String> fields) {
    StringBuilder block = new StringBuilder();
    fields.forEach(field -> block.append(field).append("\r\n"));
    return block.append("\r\n").toString();
  }

  /** One of {@code before}, or {@code null} for a new one. */
  private Said again(List<Said> before) {
    return repeating && !before.isEmpty() && random.nextInt(8) > 0
        ? before.get(random.nextInt(random.nextInt(4) == 0 ? before.size() : 1))
        : null;
  }

  private void request() {
    Said request = again(asked);
    if (request == null) {
      request = newRequest();
      asked.add(request);
    }
    String target = repeating && random.nextBoolean() ? "/" : pick(TARGETS);
    List<String> body = request.body;
    boolean expects = request.fields.toLowerCase(java.util.Locale.ROOT).contains("expect:");
    client(request.first + " " + target + " HTTP/1.1\r\n" + request.fields);
    unanswered.add(request.head);
    boolean early = !body.isEmpty() && random.nextInt(8) == 0;
    boolean alone = unanswered.size() == 1;
    if (random.nextInt(expects ? 2 : 20) == 0 || (expects && early)) {
      invite();
      early &= !expects || alone;
    } else {
      early &= !expects;
    }
    int part = 0;
    for (String each : body) {
      if (early && part++ == body.size() / 2) {
        while (!unanswered.isEmpty()) {
          answer();
        }
      }
      client(each);
    }
  }

  private void invite() {
    do {
      server("HTTP/1.1 100 Continue\r\n" + (random.nextInt(4) == 0 ? "X: y\r\n\r\n" : "\r\n"));
    } while (random.nextInt(4) == 0);
  }

  private void answer() {
    boolean head = unanswered.remove(0);
    Said answer = again(told);
    if (answer == null || answer.head != head) {
      answer = newAnswer(head);
      told.add(answer);
    }
    List<String> body = answer.body;
    server("HTTP/1.1 " + answer.first + "\r\n" + answer.fields);
    boolean plain = body.size() == 1 && !body.get(0).endsWith("\r\n\r\n");
    for (int i = 0; i < body.size(); i++) {
      boolean data = plain || (i % 3 == 1 && i < body.size() - 1);
      pieces.add(new Piece(false, data && random.nextInt(10) == 0, body.get(i)));
    }
  }

  private Said newAnswer(boolean head) {
    String status = pick(STATUS);
    List<String> fields = some(SERVER_FIELDS);
    boolean bodiless = head || List.of("204", "205", "304").contains(status.substring(0, 3));
    List<String> body = List.of();
    if (!bodiless) {
      body = body(fields, false);
    } else if (status.startsWith("304") || (head && !status.startsWith("20"))) {
      insert(fields, "Content-Length: " + random.nextInt(100));
    } else if (status.startsWith("205")) {
      insert(fields, "Content-Length: 0");
    }
    boolean lengthless = fields.stream().noneMatch(DialogueMaker::tellsLength);
    if (!bodiless && lengthless) {
      insert(fields, "content-length: 0");
    }
    return new Said(status, block(fields), body, head);
  }

  private static boolean tellsLength(String field) {
    String lower = field.toLowerCase(java.util.Locale.ROOT);
    return lower.startsWith("content-length:") || lower.startsWith("transfer-encoding:");
  }

  /** Adds the fields that tell its length; returns its parts. */
  private List<String> body(List<String> fields, boolean bodiless) {
    int kind = bodiless ? random.nextInt(2) : random.nextInt(5);
    if (kind == 0) {
      return List.of();
    }
    if (kind == 1) {
      insert(fields, random.nextBoolean() ? "Content-Length: 0" : "CONTENT-LENGTH:0");
      return List.of();
    }
    if (kind == 2) {
      String text = content();
      insert(fields, "Content-Length: " + text.length());
      return List.of(text);
    }
    insert(
        fields, random.nextBoolean() ? "Transfer-Encoding: chunked" : "transfer-encoding:CHUNKED");
    List<String> parts = new ArrayList<>();
    for (int i = random.nextInt(4); i > 0; i--) {
      String text = content();
      String size = Integer.toHexString(text.length());
      parts.add((random.nextInt(4) == 0 ? "00" + size.toUpperCase() : size) + "\r\n");
      parts.add(text);
      parts.add("\r\n");
    }
    parts.add(random.nextInt(5) == 0 ? "0\r\nX-Sum: 1\r\nY: \r\n\r\n" : "0\r\n\r\n");
    return parts;
  }

  private String content() {
    int size = random.nextInt(300) == 0 ? 1 + random.nextInt(3000) : 1 + random.nextInt(40);
    String text =
        random.nextBoolean() ? "GET / HTTP/1.1\r\n\r\n" : "0\r\n\r\nHTTP/1.1 200 OK\r\n\r\n\u0000";
    return text.repeat(size / text.length() + 1).substring(0, size);
  }

  private List<String> some(String[] all) {
    List<String> some = new ArrayList<>();
    for (int i = random.nextInt(4); i > 0; i--) {
      some.add(pick(all));
    }
    return some;
  }

  private void insert(List<String> fields, String field) {
    fields.add(random.nextInt(fields.size() + 1), field);
  }

  private String pick(String[] all) {
    return all[random.nextInt(all.length)];
  }

  private void client(String text) {
    pieces.add(new Piece(true, false, text));
  }

  private void server(String text) {
    pieces.add(new Piece(false, false, text));
  }
}
