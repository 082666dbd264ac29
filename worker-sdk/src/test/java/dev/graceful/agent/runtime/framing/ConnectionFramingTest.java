package dev.graceful.agent.runtime.framing;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Dialogues that may move, and where. */
@Timeout(300)
class ConnectionFramingTest {
  private static final String GET = "GET / HTTP/1.1\r\nHost: x\r\n\r\n";
  private static final String HEAD = "HEAD / HTTP/1.1\r\nHost: x\r\n\r\n";
  private static final String POST = "POST / HTTP/1.1\r\nContent-Length: 5\r\n\r\n";
  private static final String EXPECT =
      "POST / HTTP/1.1\r\nExpect: 100-continue\r\nContent-Length: 5\r\n\r\n";
  private static final String OK = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";
  private static final String CHUNKED =
      "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n";
  private static final String CONTINUE = "HTTP/1.1 100 Continue\r\n\r\n";

  private static Dialogue dialogue() {
    return new Dialogue();
  }

  /** Ends at a boundary, in whatever pieces it comes. */
  private static void boundary(Dialogue dialogue) {
    for (Dialogue each : new Dialogue[] {dialogue, dialogue.inBytes()}) {
      ConnectionFraming played = each.play();
      assertThat(played.reason()).isNull();
      assertThat(played.boundary()).as("%s", each).isTrue();
    }
  }

  /** Not here, but perhaps later. */
  private static void notYet(Dialogue dialogue) {
    for (Dialogue each : new Dialogue[] {dialogue, dialogue.inBytes()}) {
      ConnectionFraming played = each.play();
      assertThat(played.reason()).isNull();
      assertThat(played.boundary()).as("%s", each).isFalse();
    }
  }

  @Test
  void a_connection_on_which_nothing_was_said_is_at_a_boundary() {
    boundary(dialogue());
  }

  @Test
  void a_boundary_comes_after_each_answer() {
    Dialogue dialogue = dialogue();
    for (int i = 0; i < 100; i++) {
      notYet(dialogue.client(GET));
      boundary(dialogue.server(i % 2 == 0 ? OK : CHUNKED));
    }
  }

  @Test
  void half_a_head_is_no_boundary() {
    for (int i = 1; i <= GET.length(); i++) {
      notYet(dialogue().client(GET.substring(0, i)));
    }
  }

  @Test
  void half_an_answer_is_no_boundary() {
    for (int i = 0; i < CHUNKED.length(); i++) {
      notYet(dialogue().client(GET).server(CHUNKED.substring(0, i)));
    }
  }

  @Test
  void pipelined_requests_must_all_be_answered() {
    Dialogue dialogue = dialogue().client(GET + GET + GET).server(OK);
    assertThat(dialogue.play().unanswered()).isEqualTo(2);
    notYet(dialogue);
    notYet(dialogue.server(OK));
    boundary(dialogue.server(OK));
  }

  @Test
  void sixty_requests_may_wait() {
    boundary(dialogue().client(GET.repeat(60)).server(OK.repeat(60)));
  }

  @Test
  void an_answer_before_the_next_half_request_is_no_boundary() {
    Dialogue dialogue = dialogue().client(GET + "GET").server(OK);
    notYet(dialogue);
    boundary(dialogue.client(" / HTTP/1.1\r\n\r\n").server(OK));
  }

  @Test
  void an_answer_to_HEAD_has_no_body_whatever_it_says() {
    String length = "HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\n";
    String chunked = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";
    String neither = "HTTP/1.1 200 OK\r\n\r\n";
    boundary(dialogue().client(HEAD + GET + HEAD + HEAD).server(length + OK + chunked + neither));
  }

  @Test
  void answers_204_and_304_have_no_body() {
    boundary(dialogue().client(GET).server("HTTP/1.1 204 No Content\r\n\r\n"));
    boundary(dialogue().client(GET).server("HTTP/1.1 304 \r\nContent-Length: 99\r\n\r\n"));
  }

  @Test
  void a_request_line_in_a_body_is_a_body() {
    String body = GET + GET;
    String post = "PUT / HTTP/1.1\r\nContent-Length: " + body.length() + "\r\n\r\n";
    boundary(dialogue().client(post + body).server(OK));
    notYet(dialogue().client(post + body.substring(1)).server(OK));
  }

  @Test
  void a_chunked_body_ends_with_its_trailers() {
    String post =
        "POST / HTTP/1.1\r\nTransfer-Encoding: Chunked\r\n\r\n0A\r\n0\r\n\r\n12345\r\n000\r\n";
    notYet(dialogue().client(post).server(OK));
    notYet(dialogue().client(post + "Sum: 1\r\n").server(OK));
    boundary(dialogue().client(post + "Sum: 1\r\n\r\n").server(OK));
    boundary(dialogue().client(post + "\r\n").server(OK));
  }

  @Test
  void an_answer_before_the_whole_body_leaves_the_body_to_come() {
    Dialogue dialogue = dialogue().client(POST + "he").server(OK);
    notYet(dialogue);
    notYet(dialogue.client("ll"));
    boundary(dialogue.client("o"));
    notYet(dialogue.client(GET));
    boundary(dialogue.server(OK));
  }

  @Test
  void a_client_that_is_invited_sends_its_body() {
    notYet(dialogue().client(EXPECT).server(CONTINUE));
    boundary(dialogue().client(EXPECT).server(CONTINUE).client("hello").server(OK));
    boundary(dialogue().client(EXPECT).server(CONTINUE + CONTINUE).client("hello").server(OK));
  }

  @Test
  void a_client_may_send_its_body_without_being_invited() {
    boundary(dialogue().client(EXPECT + "hello").server(OK));
    boundary(dialogue().client(EXPECT).client("h").server(OK).client("ello"));
  }

  @Test
  void sendfile_can_be_part_of_a_body() {
    Dialogue dialogue =
        dialogue().client(GET).server("HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\n");
    notYet(dialogue.sendfile("abc"));
    boundary(dialogue.sendfile("def"));
    String chunked = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\n";
    boundary(dialogue.client(GET).server(chunked).sendfile("abc").server("\r\n0\r\n\r\n"));
  }

  @Test
  void an_upgrade_that_the_server_does_not_take_changes_nothing() {
    String upgrade =
        "GET / HTTP/1.1\r\nConnection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\n"
            + "HTTP2-Settings: AAMAAABkAAQ\r\n\r\n";
    notYet(dialogue().client(upgrade));
    boundary(dialogue().client(upgrade).server(OK));
  }

  @Test
  void bodies_may_be_larger_than_an_int() {
    ConnectionFraming connection =
        dialogue()
            .client(GET)
            .server("HTTP/1.1 200 OK\r\nContent-Length: 5000000000\r\n\r\n")
            .play();
    connection.skippedSent(4_999_999_999L);
    assertThat(connection.boundary()).isFalse();
    connection.skippedSent(1);
    assertThat(connection.boundary()).isTrue();
  }

  @Test
  void nothing_read_and_nothing_written_is_nothing() {
    ConnectionFraming connection = dialogue().play();
    HeapBytes none = new HeapBytes(new byte[0]);
    connection.received(none, 0, 0);
    connection.received(none, 0, -1);
    connection.sent(none, 0, -1);
    connection.skippedSent(0);
    assertThat(connection.boundary()).isTrue();
  }

  @Test
  void a_pinned_connection_stays_pinned_and_keeps_its_first_reason() {
    ConnectionFraming connection = dialogue().play();
    connection.pin("first");
    connection.pin("second");
    assertThat(connection.reason()).isEqualTo("first");
    assertThat(connection.movable()).isFalse();
    assertThat(connection.boundary()).isFalse();
  }
}
