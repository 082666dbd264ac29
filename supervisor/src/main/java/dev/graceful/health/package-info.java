/**
 * Proves on its private listeners that a worker serves, and warms it. Knows addresses and paths; it
 * may use the JDK only.
 */
@NullMarked
package dev.graceful.health;

import org.jspecify.annotations.NullMarked;
