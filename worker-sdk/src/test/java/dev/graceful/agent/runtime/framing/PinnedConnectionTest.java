package dev.graceful.agent.runtime.framing;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What makes a connection stay. Each is played as it is and byte by byte. */
@Timeout(300)
class PinnedConnectionTest {
  private static final String GET = "GET / HTTP/1.1\r\nHost: x\r\n\r\n";
  private static final String EXPECT =
      "POST / HTTP/1.1\r\nExpect: 100-continue\r\nContent-Length: 5\r\n\r\n";
  private static final String OK = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";

  private static String unescaped(String text) {
    return text.translateEscapes().replace("|", "\r\n");
  }

  private static void pinned(String reason, Dialogue dialogue) {
    for (Dialogue each : new Dialogue[] {dialogue, dialogue.inBytes()}) {
      ConnectionFraming played = each.play();
      assertThat(played.reason()).as("%s", each).isNotNull().contains(reason);
      assertThat(played.movable()).isFalse();
      assertThat(played.boundary()).isFalse();
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "GET / HTTP/1.0||",
        "GET / HTTP/2.0||",
        "GET / http/1.1||",
        "GET / HTTP/1.1 ||",
        "GET /||",
        "get / HTTP/1.1||",
        " GET / HTTP/1.1||",
        "GET  / HTTP/1.1||",
        "GET / x HTTP/1.1||",
        "GET /  HTTP/1.1||",
        "GET\\t/ HTTP/1.1||",
        "GET /\\000 HTTP/1.1||",
        "GET /\\303\\251 HTTP/1.1||",
        "GET / HTTP/1.1\\n\\n",
        "GET / HTTP/1.1\\r\\r\\n",
        "G\\177T / HTTP/1.1||",
        "-X / HTTP/1.1||",
        "AAAAAAAAAAAAAAAAAAAAA / HTTP/1.1||",
        "PRI * HTTP/2.0||SM||",
        "\\026\\003\\001\\002\\000",
        "CONNECT a:1 HTTP/1.1||",
        "PROXY TCP4 1.1.1.1 2.2.2.2 3 4|",
        "|GET / HTTP/1.1||",
        "\\nGET / HTTP/1.1||",
        "EHLO x|",
        "SSH-2.0-x|",
        "\\000",
      })
  void what_is_not_an_HTTP_1_1_request(String text) {
    pinned("", new Dialogue().client(unescaped(text)));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "Connection: close",
        "connection:CLOSE",
        "Connection: Upgrade, Close",
        "Connection: a,close ,b",
        "Connection: Upgrade|Connection: close",
        "Proxy-Connection: close",
        "Content-Length: ",
        "Content-Length:",
        "Content-Length: -1",
        "Content-Length: +1",
        "Content-Length: 01",
        "Content-Length: 1 ",
        "Content-Length: 1 1",
        "Content-Length: 1,1",
        "Content-Length:\\t1",
        "Content-Length: 0x1",
        "Content-Length: 1|Content-Length: 1",
        "Content-Length : 1",
        "Content-Length: 1|Content-Length: 2",
        "Content-Length: 9999999999999999999",
        "Transfer-Encoding: chunked|Content-Length: 1",
        "Content-Length: 0|Transfer-Encoding: chunked",
        "Transfer-Encoding: chunked|Transfer-Encoding: chunked",
        "Transfer-Encoding: gzip, chunked",
        "Transfer-Encoding: identity",
        "Transfer-Encoding: chunked, chunked",
        "Transfer-Encoding: chunke",
        "Transfer-Encoding:\\013chunked",
        "Transfer-Encoding: chunkedx",
        "Transfer-Encoding: \\\"chunked\\\"",
        "Transfer-Encoding: chunked ",
        "Transfer-Encoding:",
        "Transfer-Encoding : chunked",
        " folded",
        "X: y|\\tfolded",
        "X",
        ": y",
        "X y: z",
        "X: \\000",
        "X: \\r",
        "X: \\n",
        "X: y\\nZ: z",
        "X: \\rContent-Length: 1",
        "X\\000: y",
        "\\303\\251: x",
        "X: \\177",
        "X: \\013",
      })
  void fields_that_leave_a_doubt_in_either_direction(String text) {
    String fields = unescaped(text) + "\r\n\r\n";
    pinned("", new Dialogue().client("POST / HTTP/1.1\r\nHost: x\r\n" + fields));
    pinned("", new Dialogue().client(GET).server("HTTP/1.1 200 OK\r\nA: b\r\n" + fields));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "Authorization: NTLM x",
        "authorization:ntlm",
        "Authorization:  Negotiate x",
        "Proxy-Authorization: negotiate x",
        "Expect: 200-ok",
        "Expect: 100-continue, x",
        "Expect:",
        "Expect: 100-continue|Expect: 100-continue",
      })
  void request_fields(String text) {
    pinned("", new Dialogue().client("GET / HTTP/1.1\r\n" + unescaped(text) + "\r\n\r\n"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "WWW-Authenticate: NTLM",
        "www-authenticate: Basic realm=\\\"x\\\", Negotiate",
        "Proxy-Authenticate: NNTLM",
        "WWW-Authenticate: Basic|WWW-Authenticate: nNegotiate"
      })
  void a_challenge_that_authenticates_the_connection(String text) {
    String answer = "HTTP/1.1 401 No\r\n" + unescaped(text) + "\r\nContent-Length: 0\r\n\r\n";
    pinned("authentication", new Dialogue().client(GET).server(answer));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "HTTP/1.0 200 OK|Content-Length: 0||",
        "HTTP/1.1 101 Switching Protocols|Upgrade: websocket||",
        "HTTP/1.1 102 Processing||",
        "HTTP/1.1 103 Early Hints||",
        "HTTP/1.1 200 OK||",
        "HTTP/1.1 200|Content-Length: 0||",
        "HTTP/1.1 20 OK|Content-Length: 0||",
        "HTTP/1.1 2000 OK||",
        "HTTP/1.1 600 x|Content-Length: 0||",
        "HTTP/1.1  200 OK||",
        "HTTP/1.1 200 O\\nK||",
        "HTTP/1.1 2x0 OK||",
        "HTTP/1.1 000 OK||",
        "HTTP/2 200 OK||",
        "ICY 200 OK||",
        "|HTTP/1.1 200 OK||",
        "HTTP/1.1 100 Continue|Content-Length: 0||",
        "HTTP/1.1 204 x|Content-Length: 1||",
        "HTTP/1.1 204 x|Transfer-Encoding: chunked||",
        "HTTP/1.1 304 x|Transfer-Encoding: chunked||",
        "HTTP/1.1 205 x|Content-Length: 1||",
        "HTTP/1.1 205 x|Transfer-Encoding: chunked||",
      })
  void answers(String text) {
    pinned("", new Dialogue().client(GET).server(unescaped(text)));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "|",
        "g|",
        ";|",
        "5;x=y|hello|",
        "5 |hello|",
        " 5|hello|",
        "0x5|hello|",
        "+5|",
        "-1|",
        "5\\n",
        "5\\r5",
        "5|hello5|",
        "5|hello\\n",
        "5|hello\\r\\r",
        "5|hello||",
        "80000000|",
        "000000005|",
        "100000000|",
        "0 |",
        "0;|",
        "0|Content-Length: 1||",
        "0|Transfer-Encoding: chunked||",
        "0|Connection: keep-alive||",
        "0| folded||",
        "0|X|",
        "0|\\n",
        "0|\\r\\r",
      })
  void chunks(String text) {
    String chunks = unescaped(text);
    String post = "POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n";
    pinned("", new Dialogue().client(post + chunks));
    String ok = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";
    pinned("", new Dialogue().client(GET).server(ok + chunks));
  }

  @ParameterizedTest
  @CsvSource({
    "GET,Content-Length: 1",
    "HEAD,Content-Length: 1",
    "TRACE,Transfer-Encoding: chunked"
  })
  void a_body_that_some_servers_skip(String method, String field) {
    pinned("a body", new Dialogue().client(method + " / HTTP/1.1\r\n" + field + "\r\n\r\n"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {OK, "HTTP/1.1 408 Request Timeout\r\n", "HTTP/1.1 100 Continue\r\n", "h", "\r\n"})
  void an_answer_that_nobody_asked_for(String text) {
    pinned("nobody asked", new Dialogue().server(text));
    pinned("nobody asked", new Dialogue().client(GET).server(OK).server(text));
    pinned("nobody asked", new Dialogue().client(GET + "GET / HT").server(OK).server(text));
  }

  @Test
  void a_client_that_was_not_invited_may_send_its_body_or_not() {
    pinned("told to wait", new Dialogue().client(EXPECT).server(OK));
    pinned("told to wait", new Dialogue().client(GET + EXPECT).server(OK).server(OK));
    String invitation = "HTTP/1.1 100 Continue\r\n\r\n";
    // this one goes to the request before
    pinned("told to wait", new Dialogue().client(GET + EXPECT).server(invitation + OK).server(OK));
  }

  @Test
  void more_than_sixty_requests_unanswered() {
    pinned("60", new Dialogue().client(GET.repeat(61)));
  }

  @Test
  void a_head_of_more_than_64_KiB() {
    String head = "GET / HTTP/1.1\r\nX: " + "y".repeat(65536 - 23) + "\r\n\r\n";
    assertThat(new Dialogue().client(head).play().movable()).isTrue();
    pinned("64 KiB", new Dialogue().client(head.replace("X:", "XX:")));
    pinned("64 KiB", new Dialogue().client("GET /" + "y".repeat(65536)));
    pinned("64 KiB", new Dialogue().client("GET / HTTP/1.1\r\n" + "X: y\r\n".repeat(11000)));
  }

  @Test
  void sendfile_where_no_body_is() {
    pinned("sendfile", new Dialogue().client(GET).sendfile("x"));
    String head = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n";
    pinned("sendfile", new Dialogue().client(GET).server(head.substring(0, 20)).sendfile("x"));
    ConnectionFraming connection = new Dialogue().client(GET).server(head).play();
    connection.skippedSent(3);
    assertThat(connection.reason()).contains("sendfile");
  }
}
