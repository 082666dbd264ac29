package dev.graceful.release;

import java.nio.file.Path;
import java.time.Instant;
import java.util.Locale;

/**
 * An immutable copy of an application.
 *
 * @param id 12 hexadecimal digits that follow from its content: the same content is one release,
 *     another content is another
 * @param jar the copy to run
 * @param source what it was copied from, as the operator named it
 * @param size in bytes, of the jar and all that its Class-Path names
 * @param created when this content was first copied
 * @param added when it was last asked for
 */
public record Release(
    String id, Path jar, Path source, long size, Instant created, Instant added, Verdict verdict) {
  /** What became of a release. */
  public enum Verdict {
    /** It has not served yet. */
    NEW,
    /** It has served. */
    GOOD,
    /** It has served and was rolled back. */
    BAD;

    /** The word for operators. */
    public String word() {
      return name().toLowerCase(Locale.ROOT);
    }
  }
}
