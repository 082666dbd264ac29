package dev.graceful.agent.runtime;

import java.io.FileDescriptor;
import java.net.InetSocketAddress;

/**
 * A descriptor number that a server of the application listens on.
 *
 * @param descriptor the JDK's object: its identity tells a seat from a reused number
 * @param number the descriptor number
 * @param listener the supervisor's number of the listener
 * @param address the public address, whatever is under the seat
 */
record Seat(FileDescriptor descriptor, int number, int listener, InetSocketAddress address) {}
