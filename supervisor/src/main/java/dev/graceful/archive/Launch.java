package dev.graceful.archive;

import java.util.List;

/**
 * How a release is launched.
 *
 * @param options for the JVM, before the operator's own
 * @param agent what the agent is told besides, each with a semicolon before it
 * @param program -jar and the jar, or a class path and the main class
 */
public record Launch(List<String> options, String agent, List<String> program) {
  public Launch {
    options = List.copyOf(options);
    program = List.copyOf(program);
  }
}
