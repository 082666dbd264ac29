package dev.graceful.control;

import org.jspecify.annotations.Nullable;

/**
 * How a request ended.
 *
 * @param exitCode what the command exits with: 0 done, 1 failed, 2 wrong usage
 * @param message lines for the operator; may be empty
 * @param status the answer to {@code status}
 */
public record Outcome(int exitCode, String message, @Nullable Status status) {}
