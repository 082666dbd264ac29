/**
 * Worker processes: starting, watching and signalling them, what they print while they start, and
 * how many connections they have.
 *
 * <p>It may use the JDK and dev.graceful.posix; no other adapter.
 */
@NullMarked
package dev.graceful.process;

import org.jspecify.annotations.NullMarked;
