package dev.graceful.control;

import java.util.Map;

/**
 * What an operator asks a running instance for.
 *
 * @param command status, reload (argument {@code jar}, optional), hammer, stop, rollback, releases,
 *     upgrade-supervisor; the supervisor says so if it does not know one
 */
public record Request(String command, Map<String, String> arguments) {
  public Request {
    arguments = Map.copyOf(arguments);
  }
}
