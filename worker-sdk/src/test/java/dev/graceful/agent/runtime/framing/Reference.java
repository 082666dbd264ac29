package dev.graceful.agent.runtime.framing;

import dev.graceful.agent.runtime.framing.Dialogue.Piece;
import dev.graceful.agent.runtime.framing.ReferenceMessage.Surprise;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;

/** Judges a dialogue as a whole, both streams at hand, each byte with the moment when it went. */
final class Reference {
  /** What it found; {@code why} is empty for a movable connection. */
  record Verdict(boolean boundary, String why) {
    boolean movable() {
      return why.isEmpty();
    }
  }

  private final StringBuilder in = new StringBuilder();
  private final StringBuilder out = new StringBuilder();
  private final int[] inTimes;
  private final int[] outTimes;
  private final List<int[]> unseen = new ArrayList<>();
  private final List<ReferenceMessage> requests = new ArrayList<>();
  private final List<ReferenceMessage> answers = new ArrayList<>();
  private final List<ReferenceMessage> invitations = new ArrayList<>();
  private int requestsEnd;
  private int answersEnd;

  private Reference(Dialogue dialogue) {
    int length = dialogue.pieces().stream().mapToInt(piece -> piece.text().length()).sum();
    inTimes = new int[length];
    outTimes = new int[length];
    int time = 0;
    for (Piece piece : dialogue.pieces()) {
      if (piece.unseen()) {
        unseen.add(new int[] {out.length(), out.length() + piece.text().length()});
      }
      StringBuilder stream = piece.fromClient() ? in : out;
      int[] times = piece.fromClient() ? inTimes : outTimes;
      for (int i = 0; i < piece.text().length(); i++) {
        times[stream.length() + i] = time++;
      }
      stream.append(piece.text());
    }
  }

  static Verdict judge(Dialogue dialogue) {
    Reference reference = new Reference(dialogue);
    try {
      reference.readRequests();
      reference.readAnswers();
      reference.checkDepth();
      reference.checkUnseen();
    } catch (Surprise e) {
      return new Verdict(false, String.valueOf(e.getMessage()));
    }
    boolean whole =
        reference.requestsEnd == reference.in.length()
            && reference.answersEnd == reference.out.length();
    return new Verdict(whole && reference.requests.size() == reference.answers.size(), "");
  }

  private void readRequests() throws Surprise {
    String stream = in.toString();
    while (requestsEnd < stream.length()) {
      ReferenceMessage head = ReferenceMessage.head(stream, requestsEnd, ReferenceMessage.REQUEST);
      if (head == null) {
        return;
      }
      head.check();
      String method = head.first().substring(0, head.first().indexOf(' '));
      if (method.equals("CONNECT")) {
        throw new Surprise("CONNECT");
      }
      if (List.of("GET", "HEAD", "TRACE").contains(method) && head.hasBody()) {
        throw new Surprise("body of " + method);
      }
      List<String> expect = head.values("expect");
      if (expect.size() > 1 || (expect.size() == 1 && !expect.contains("100-continue"))) {
        throw new Surprise("expect " + expect);
      }
      ReferenceMessage request = head.withBody(stream);
      requests.add(request);
      if (request.end() < 0) {
        return;
      }
      requestsEnd = request.end();
    }
  }

  private void readAnswers() throws Surprise {
    String stream = out.toString();
    while (answersEnd < stream.length()) {
      int number = answers.size();
      if (number >= requests.size() || received(requests.get(number)) > outTimes[answersEnd]) {
        throw new Surprise("unasked");
      }
      ReferenceMessage head = ReferenceMessage.head(stream, answersEnd, ReferenceMessage.RESPONSE);
      if (head == null) {
        return;
      }
      head.check();
      Matcher line = ReferenceMessage.RESPONSE.matcher(head.first());
      int status = line.matches() ? Integer.parseInt(line.group(1)) : 0;
      if (status == 100 && !head.chunked() && head.length() < 0) {
        invitations.add(head);
        answersEnd = head.headEnd();
        continue;
      }
      if (status < 200 || status > 599) {
        throw new Surprise("status " + status);
      }
      checkHeldBody(requests.get(number), head);
      ReferenceMessage answer = answerTo(requests.get(number), head, status, stream);
      if (answer.end() < 0) {
        return;
      }
      answers.add(answer);
      answersEnd = answer.end();
    }
  }

  private static ReferenceMessage answerTo(
      ReferenceMessage request, ReferenceMessage head, int status, String stream) throws Surprise {
    if (((status == 204 || status == 205) && head.hasBody()) || (status == 304 && head.chunked())) {
      throw new Surprise("body of " + status);
    }
    if (status == 204 || status == 304 || request.first().startsWith("HEAD ")) {
      return head.endingAt(head.headEnd());
    }
    if (!head.chunked() && head.length() < 0) {
      throw new Surprise("ends with the connection");
    }
    return head.withBody(stream);
  }

  /** An answer to a client that has not been invited and has sent nothing of the body. */
  private void checkHeldBody(ReferenceMessage request, ReferenceMessage answer) throws Surprise {
    if (request.values("expect").isEmpty() || !request.hasBody()) {
      return;
    }
    int answered = outTimes[answer.headEnd() - 1];
    boolean begun = request.headEnd() < in.length() && inTimes[request.headEnd()] < answered;
    int previous = answers.isEmpty() ? 0 : answers.get(answers.size() - 1).end();
    boolean invited = false;
    for (ReferenceMessage invitation : invitations) {
      invited |=
          invitation.start() >= previous && outTimes[invitation.headEnd() - 1] > received(request);
    }
    if (!begun && !invited) {
      throw new Surprise("held body");
    }
  }

  private void checkDepth() throws Surprise {
    for (int i = 60; i < requests.size(); i++) {
      int answered = 0;
      while (answered < answers.size()
          && outTimes[answers.get(answered).end() - 1] < received(requests.get(i))) {
        answered++;
      }
      if (i + 1 - answered > 60) {
        throw new Surprise("depth");
      }
    }
  }

  private void checkUnseen() throws Surprise {
    List<int[]> data = new ArrayList<>();
    answers.forEach(answer -> data.addAll(answer.data()));
    data.addAll(partialData());
    for (int[] range : unseen) {
      if (data.stream().noneMatch(d -> d[0] <= range[0] && range[1] <= d[1])) {
        throw new Surprise("unseen");
      }
    }
  }

  /** Where the body of an answer that is not all there lies. */
  private List<int[]> partialData() throws Surprise {
    if (answersEnd == out.length()) {
      return List.of();
    }
    ReferenceMessage head =
        ReferenceMessage.head(out.toString(), answersEnd, ReferenceMessage.RESPONSE);
    return head == null ? List.of() : head.withBody(out.toString()).data();
  }

  /** When the head of a request was there. */
  private int received(ReferenceMessage request) {
    return inTimes[request.headEnd() - 1];
  }
}
