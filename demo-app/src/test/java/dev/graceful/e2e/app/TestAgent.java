package dev.graceful.e2e.app;

import java.lang.instrument.Instrumentation;

/** What the manifest's Launcher-Agent-Class names. */
public final class TestAgent {
  private TestAgent() {}

  /** Leaves a trace. */
  public static void agentmain(String arguments, Instrumentation instrumentation) {
    System.setProperty("launcher.agent", "has run");
  }
}
