package dev.graceful.agent.runtime.framing;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Heads that come again: less work, the same result. */
@Timeout(300)
class KnownHeadTest {
  private static final String REQUEST =
      "GET /a/path HTTP/1.1\r\nHost: localhost:8080\r\nUser-Agent: x/1.2.3\r\nAccept: */*\r\n\r\n";
  private static final String ANSWER =
      "HTTP/1.1 200 OK\r\nServer: one\r\nContent-Type: text/plain\r\nContent-Length: 5\r\n\r\n";

  private final HeapBytes bytes = new HeapBytes(new byte[0]);
  private final ConnectionFraming connection = new ConnectionFraming();

  private int received(String text) {
    bytes.set(text.getBytes(ISO_8859_1));
    connection.received(bytes, 0, text.length());
    return bytes.reads();
  }

  private int sent(String text) {
    bytes.set(text.getBytes(ISO_8859_1));
    connection.sent(bytes, 0, text.length());
    return bytes.reads();
  }

  private void learn() {
    for (int i = 0; i < 4; i++) {
      received(REQUEST);
      sent(ANSWER + "hello");
      assertThat(connection.boundary()).isTrue();
    }
  }

  @Test
  void the_same_head_is_only_compared() {
    learn();
    assertThat(received(REQUEST)).isLessThanOrEqualTo(REQUEST.length() / 8 + 2);
    assertThat(sent(ANSWER + "hello")).isLessThanOrEqualTo(ANSWER.length() / 8 + 2);
    assertThat(connection.boundary()).isTrue();
  }

  @Test
  void the_same_fields_behind_another_start_line_are_only_compared() {
    learn();
    int fields = REQUEST.length() - REQUEST.indexOf('\n') - 1;
    int line = "POST /another/path HTTP/1.1\r\n".length();
    assertThat(received("POST /another/path HTTP/1.1\r\n" + REQUEST.substring(22)))
        .isLessThanOrEqualTo(fields / 8 + 2 + line + 4);
    assertThat(connection.reason()).isNull();
    assertThat(connection.unanswered()).isEqualTo(1);
  }

  @Test
  void a_head_that_differs_in_one_byte_is_read() {
    for (int i = 0; i < ANSWER.length() - 2; i++) {
      ConnectionFraming fresh = new ConnectionFraming();
      ConnectionFraming used = new ConnectionFraming();
      char other = ANSWER.charAt(i) == '5' ? '4' : '\0';
      String odd = ANSWER.substring(0, i) + other + ANSWER.substring(i + 1);
      for (ConnectionFraming each : new ConnectionFraming[] {used, used, used, used, fresh}) {
        boolean last = each == fresh;
        play(each, REQUEST, last ? odd : ANSWER + "hello");
      }
      play(used, REQUEST, odd);
      assertThat(used.reason()).as(odd).isEqualTo(fresh.reason());
      assertThat(used.boundary()).isEqualTo(fresh.boundary());
    }
  }

  private void play(ConnectionFraming each, String request, String answer) {
    bytes.set(request.getBytes(ISO_8859_1));
    each.received(bytes, 0, request.length());
    bytes.set(answer.getBytes(ISO_8859_1));
    each.sent(bytes, 0, answer.length());
  }

  @Test
  void a_known_answer_still_needs_its_question_and_its_body() {
    learn();
    received(REQUEST);
    sent(ANSWER + "hel");
    assertThat(connection.boundary()).isFalse();
    sent("lo");
    assertThat(connection.boundary()).isTrue();
    sent(ANSWER + "hello");
    assertThat(connection.reason()).isEqualTo("an answer that nobody asked for");
  }

  @Test
  void a_known_answer_to_HEAD_has_no_body() {
    learn();
    received("HEAD" + REQUEST.substring(3));
    sent(ANSWER);
    assertThat(connection.boundary()).isTrue();
  }

  @Test
  void a_known_head_that_comes_in_two_pieces_is_read() {
    learn();
    received(REQUEST.substring(0, 30));
    assertThat(connection.boundary()).isFalse();
    received(REQUEST.substring(30) + REQUEST);
    assertThat(connection.unanswered()).isEqualTo(2);
    sent(ANSWER.substring(0, 70));
    sent(ANSWER.substring(70) + "hello" + ANSWER + "h");
    assertThat(connection.unanswered()).isEqualTo(1);
    sent("ello");
    assertThat(connection.boundary()).isTrue();
  }
}
