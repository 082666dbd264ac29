package dev.graceful.agent.runtime;

import java.net.InetSocketAddress;

/**
 * A descriptor number that a server of the application listens on.
 *
 * @param descriptor the object of the JDK, or of Netty, that has it: its identity tells a seat from
 *     a reused number
 * @param number the descriptor number
 * @param listener the supervisor's number of the listener
 * @param address the public address, whatever is under the seat
 */
record Seat(Object descriptor, int number, int listener, InetSocketAddress address) {}
