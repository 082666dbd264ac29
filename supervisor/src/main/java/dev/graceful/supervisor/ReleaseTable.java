package dev.graceful.supervisor;

import dev.graceful.release.Release;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** The releases that are kept, as operators see them. */
final class ReleaseTable {
  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss", Locale.ROOT)
          .withZone(ZoneId.systemDefault());
  private static final String ROW = "%-12s  %-19s  %9s  %-4s  %-14s  %s";

  private ReleaseTable() {}

  /**
   * @param use who runs which
   * @param back where a rollback leads to
   */
  static String of(List<Release> releases, Map<String, String> use, Optional<String> back) {
    StringBuilder text = new StringBuilder();
    text.append(String.format(Locale.ROOT, ROW, "RELEASE", "ADDED", "SIZE", "", "USED BY", "FROM"));
    for (Release release : releases) {
      String used = use.getOrDefault(release.id(), "");
      if (used.isEmpty() && back.filter(release.id()::equals).isPresent()) {
        used = "(rollback)";
      }
      text.append('\n')
          .append(
              String.format(
                  Locale.ROOT,
                  ROW,
                  release.id(),
                  TIME.format(release.added()),
                  size(release.size()),
                  release.verdict().word(),
                  used,
                  release.source()));
    }
    return text.toString();
  }

  private static String size(long bytes) {
    return bytes < 1_000_000
        ? String.format(Locale.ROOT, "%.1f KB", bytes / 1e3)
        : String.format(Locale.ROOT, "%.1f MB", bytes / 1e6);
  }
}
