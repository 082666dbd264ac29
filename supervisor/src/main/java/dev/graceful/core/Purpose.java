package dev.graceful.core;

/** Why a generation was started. */
public enum Purpose {
  /** The first one of this supervisor. */
  FIRST,
  /** To replace the serving one. */
  UPGRADE,
  /** Because the serving one died. */
  RESTART
}
