package dev.graceful.core;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What served before, to fall back on.
 *
 * @param good other releases than the one that serves now, the one that served last at the end
 * @param crashes when the one that serves now has crashed lately, in milliseconds of the loop's
 *     clock
 */
public record History(List<Good> good, List<Long> crashes) {
  public static final History NONE = new History(List.of(), List.of());

  /** More than anybody goes back, one after the other. */
  private static final int MOST = 8;

  public History {
    good = List.copyOf(good);
    crashes = List.copyOf(crashes);
  }

  /** The release to go back to. */
  public Optional<Good> last() {
    return good.isEmpty() ? Optional.empty() : Optional.of(good.get(good.size() - 1));
  }

  Optional<Good> of(@Nullable String release) {
    return good.stream().filter(g -> g.release().equals(release)).findFirst();
  }

  /** Another release serves than {@code one}, which was good. */
  History add(Good one) {
    List<Good> all = new ArrayList<>(without(one.release()).good);
    all.add(one);
    return new History(all.subList(Math.max(0, all.size() - MOST), all.size()), crashes);
  }

  History without(String release) {
    return new History(good.stream().filter(g -> !g.release().equals(release)).toList(), crashes);
  }

  /** It has crashed once more; what is longer ago than {@code window} does not count any more. */
  History crash(long now, long window) {
    List<Long> lately = new ArrayList<>();
    for (long time : crashes) {
      if (now - time < window) {
        lately.add(time);
      }
    }
    lately.add(now);
    return new History(good, lately);
  }

  History calm() {
    return new History(good, List.of());
  }
}
