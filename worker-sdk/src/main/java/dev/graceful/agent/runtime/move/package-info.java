/**
 * Live connections, from one worker to the next: {@link dev.graceful.agent.runtime.move.Traffic}
 * follows each connection from accept on, {@link dev.graceful.agent.runtime.move.Departures} lifts
 * it out of the old worker between two requests, {@link dev.graceful.agent.runtime.move.Arrivals}
 * puts it under an accept of the new one.
 *
 * <p>It may use the JDK, {@link dev.graceful.wire}, {@link dev.graceful.agent.runtime.framing} and
 * {@link dev.graceful.agent.runtime.weave}. Nothing here throws into the application. Locks are
 * taken in this order: a connection, then one of the rest, and never two of those.
 */
@NullMarked
package dev.graceful.agent.runtime.move;

import org.jspecify.annotations.NullMarked;
