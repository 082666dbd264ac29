package dev.graceful.wire;

/** When a hook runs: before or after the supervisor acts on the signal. */
public enum HookPhase {
  BEFORE,
  AFTER
}
