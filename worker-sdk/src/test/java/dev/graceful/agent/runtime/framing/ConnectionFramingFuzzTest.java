package dev.graceful.agent.runtime.framing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import dev.graceful.agent.runtime.framing.Dialogue.Piece;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Made-up dialogues, whole, spoiled and random, cut at random places, against the references. Run
 * more with {@code -Dframing.streams=10000000}; repeat a failure with the seed that it prints and
 * {@code -Dframing.seed=SEED -Dframing.streams=1}.
 */
class ConnectionFramingFuzzTest {
  private static final long STREAMS = Long.getLong("framing.streams", 100_000);
  private static final long SEED = Long.getLong("framing.seed", System.nanoTime());

  private final HeapBytes bytes = new HeapBytes(new byte[0]);
  private long ended;
  private long spoiledMovable;
  private long cautious;

  @Test
  @Timeout(value = 3, unit = TimeUnit.HOURS)
  void never_sees_a_boundary_where_the_reference_sees_none() {
    System.out.println("framing.seed=" + SEED + " framing.streams=" + STREAMS);
    for (long i = 0; i < STREAMS; i++) {
      long seed = SEED + i;
      try {
        one(new SplittableRandom(seed));
      } catch (RuntimeException | AssertionError | StackOverflowError e) {
        fail("with -Dframing.seed=" + seed, e);
      }
    }
    System.out.printf(
        "%d streams: %d ended at a boundary, %d of these although spoiled; %d pinned in doubt%n",
        STREAMS, ended, spoiledMovable, cautious);
    if (STREAMS >= 10_000) {
      assertThat(ended).as("enough good dialogues").isGreaterThan(STREAMS / 3);
      assertThat(spoiledMovable).as("enough harmless spoiling").isGreaterThan(STREAMS / 50);
    }
  }

  private void one(SplittableRandom random) {
    DialogueSpoiler spoiler = new DialogueSpoiler(random);
    Dialogue dialogue = DialogueMaker.make(random);
    int spoils = random.nextInt(3);
    if (random.nextInt(20) == 0) {
      dialogue = spoiler.noise();
      spoils++;
    }
    for (int i = 0; i < spoils; i++) {
      dialogue = spoiler.spoil(dialogue);
    }
    dialogue = spoiler.cut(dialogue);
    ConnectionFraming connection = new ConnectionFraming();
    int look = random.nextInt(2 * dialogue.pieces().size() + 2);
    boolean often = random.nextInt(50) == 0 && dialogue.pieces().size() < 40;
    int seen = 0;
    for (Piece piece : dialogue.pieces()) {
      if (often || seen == look) {
        compare(connection, dialogue.first(seen), spoils > 0);
      }
      Dialogue.play(piece, connection, bytes);
      seen++;
    }
    compare(connection, dialogue, spoils > 0);
    if (spoils == 0) {
      assertThat(connection.boundary()).as("%s %s", connection.reason(), dialogue).isTrue();
    }
    if (connection.boundary()) {
      ended++;
      spoiledMovable += spoils > 0 ? 1 : 0;
    }
  }

  private void compare(ConnectionFraming connection, Dialogue dialogue, boolean spoiled) {
    Reference.Verdict verdict = Reference.judge(dialogue);
    if (!connection.movable()) {
      assertThat(connection.boundary()).isFalse();
      if (verdict.movable()) {
        cautious++;
        assertThat(spoiled).as("pinned: %s %s", connection.reason(), dialogue).isTrue();
      }
      return;
    }
    if (!verdict.movable() || verdict.boundary() != connection.boundary()) {
      fail("boundary " + connection.boundary() + ", but " + verdict + dialogue);
    }
    if (spoiled && connection.boundary() && !LenientReading.agrees(dialogue)) {
      fail("boundary, but not for lenient readers" + dialogue);
    }
  }
}
