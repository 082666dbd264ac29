package dev.graceful.agent.runtime.framing;

import org.jspecify.annotations.Nullable;

/**
 * One connection of an HTTP/1.1 server, as the bytes on it tell: which requests came, which were
 * answered, and so whether this is a moment to move it.
 *
 * <p>It starts at a boundary: a new connection, or one that has just been moved here. It must then
 * be told of every byte that the server reads and writes, each direction in its order, and of what
 * was read before what was written because of it. Not safe for several threads: the caller holds
 * the connection's lock. Allocates nothing after construction, keeps no bytes.
 */
public final class ConnectionFraming {
  /** As many unanswered requests as we are ready to count; {@link #heads} has a bit for each. */
  static final int MOST_UNANSWERED = 60;

  private final RequestFraming requests = new RequestFraming(this);
  private final ResponseFraming responses = new ResponseFraming(this);
  private int unanswered;

  /** Of each unanswered request, the oldest one lowest: whether its method is HEAD. */
  private long heads;

  private @Nullable String reason;

  /** A connection at a boundary. */
  public ConnectionFraming() {}

  /**
   * Bytes that the server has read from the client.
   *
   * @param source where they are
   * @param at the first one's position in it
   * @param length how many, in bytes; nothing happens if it is not positive
   */
  public void received(Bytes source, long at, int length) {
    if (reason == null && length > 0) {
      requests.parse(source, at, at + length);
    }
  }

  /**
   * Bytes that the server has written to the client.
   *
   * @param source where they are
   * @param at the first one's position in it
   * @param length how many, in bytes; nothing happens if it is not positive
   */
  public void sent(Bytes source, long at, int length) {
    if (reason == null && length > 0) {
      responses.parse(source, at, at + length);
    }
  }

  /**
   * Bytes that were written to the client without passing through the process's memory
   * (sendfile(2), splice(2)). They can only be part of a body whose length is known.
   *
   * @param count how many, in bytes; nothing happens if it is not positive
   */
  public void skippedSent(long count) {
    if (reason == null && count > 0) {
      responses.skip(count);
    }
  }

  /**
   * Whether the connection can be moved now: all that was read are whole requests, and all that was
   * written are their whole answers.
   *
   * @return true if another server could go on from here and the client would not notice
   */
  public boolean boundary() {
    return unanswered == 0 && reason == null && requests.between() && responses.between();
  }

  /**
   * Whether the connection can be moved at its next boundary, if it gets there.
   *
   * @return false if it must stay, for ever
   */
  public boolean movable() {
    return reason == null;
  }

  /**
   * Why the connection must stay.
   *
   * @return the first thing that pinned it, or null while it is movable
   */
  public @Nullable String reason() {
    return reason;
  }

  /**
   * The requests whose heads were read and whose answers have not been written in full.
   *
   * @return how many; without meaning once the connection is pinned
   */
  public int unanswered() {
    return unanswered;
  }

  /**
   * The connection must stay, for ever; the first reason counts.
   *
   * @param why what was seen, a few words for a log
   */
  public void pin(String why) {
    if (reason == null) {
      reason = why;
    }
  }

  /** The head of a request is complete. */
  void asked(boolean head) {
    if (unanswered == MOST_UNANSWERED) {
      pin("more than " + MOST_UNANSWERED + " requests unanswered");
      return;
    }
    if (head) {
      heads |= 1L << unanswered;
    }
    unanswered++;
  }

  /** Whether the answer that is being written is one to HEAD. */
  boolean answersHead() {
    return (heads & 1) != 0;
  }

  /** Whether the answer that is being written has a body and may be written now. */
  boolean answersPlainly() {
    return (heads & 1) == 0 && !holdsBody();
  }

  /** An answer is complete. */
  void answered() {
    unanswered--;
    heads >>>= 1;
  }

  /** A 100 was sent to the oldest unanswered request. */
  void invited() {
    if (unanswered == 1) {
      requests.invited();
    }
  }

  /** Whether the oldest unanswered request has a body that the client still holds back. */
  boolean holdsBody() {
    return unanswered == 1 && requests.holdsBody();
  }
}
