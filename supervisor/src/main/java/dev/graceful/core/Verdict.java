package dev.graceful.core;

/**
 * How the last upgrade ended.
 *
 * @param word ok, failed or none
 * @param generation the generation that was started for it, 0 if none was
 * @param millis from the request to the verdict
 * @param reason why it failed, in one line
 */
public record Verdict(String word, int generation, long millis, String reason) {
  static final Verdict NONE = new Verdict("none", 0, 0, "");
}
