/**
 * What graceful decides: a pure state machine, {@code (state, event, now) -> (state', effects)}.
 *
 * <p>No I/O, no clock, no threads, no logging; it may use the JDK's collections and nothing else.
 * The supervisor's loop feeds it events and carries out its effects. Its invariants, checked in
 * {@code RandomHistoriesTest}:
 *
 * <ul>
 *   <li>I1 once something served, something serves, or is being restarted, until a stop is asked
 *       for
 *   <li>I2 a worker is drained only after another serves (or on stop)
 *   <li>I3 a listener that any live generation claims is open; one that none claims is closed
 *   <li>I4 at most one upgrade at a time; a reload during one is remembered once
 *   <li>I5 every drain ends: by itself, at its hammer time, or by the hammer
 *   <li>I6 a failed upgrade changes nothing for the serving generation, and the operator is told
 *       why
 * </ul>
 */
@NullMarked
package dev.graceful.core;

import org.jspecify.annotations.NullMarked;
