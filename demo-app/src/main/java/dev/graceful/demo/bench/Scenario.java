package dev.graceful.demo.bench;

import java.io.IOException;

/** Something that is measured. */
interface Scenario {
  /** How the command line calls it. */
  String name();

  /** The head of its section. */
  String title();

  /**
   * Measures.
   *
   * @throws IOException if it cannot; the message says why
   * @throws IllegalStateException if something did not come to pass; the message says what
   */
  Findings run(Setting setting) throws IOException, InterruptedException;
}
