package dev.graceful.control;

/**
 * How the last reload ended.
 *
 * @param verdict ok, failed or none
 * @param generation the one that was started for it; 0 = none
 * @param seconds from the request to the verdict
 * @param reason why it failed; empty otherwise
 */
public record LastReload(String verdict, int generation, double seconds, String reason) {
  /** Nothing was reloaded yet. */
  public static final LastReload NONE = new LastReload("none", 0, 0, "");
}
