package dev.graceful.core;

import java.util.EnumSet;
import java.util.Locale;
import java.util.Set;

/** The life of a generation. {@link #next()} is the table of legal transitions. */
public enum GenerationState {
  /** The process was started. */
  STARTING,
  /** It has its first private listener. */
  BOUND,
  /** It has proved that it serves, and is being given the shared listeners. */
  READY,
  /** It has the shared listeners. */
  SERVING,
  /** It accepts nothing new and finishes what it has. */
  DRAINING,
  /** TERM was sent. */
  STOPPING,
  /** The process has ended. */
  EXITED;

  /** The states that may follow this one. */
  public Set<GenerationState> next() {
    return switch (this) {
      case STARTING -> EnumSet.of(BOUND, READY, STOPPING, EXITED);
      case BOUND -> EnumSet.of(READY, STOPPING, EXITED);
      case READY -> EnumSet.of(SERVING, STOPPING, EXITED);
      case SERVING -> EnumSet.of(DRAINING, EXITED);
      case DRAINING -> EnumSet.of(STOPPING, EXITED);
      case STOPPING -> EnumSet.of(EXITED);
      case EXITED -> EnumSet.noneOf(GenerationState.class);
    };
  }

  /** Whether it has yet to prove itself. */
  public boolean candidate() {
    return this == STARTING || this == BOUND || this == READY;
  }

  /** Whether it is on its way out. */
  public boolean leaving() {
    return this == DRAINING || this == STOPPING;
  }

  /** The word for operators. */
  public String word() {
    return name().toLowerCase(Locale.ROOT);
  }
}
