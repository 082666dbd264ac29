/**
 * End-to-end tests: each drives the packaged program as a user does, with real processes, sockets
 * and signals. May use the JDK, JUnit, AssertJ, a JSON reader and the load of the soak; knows
 * nothing of the program's classes.
 */
@NullMarked
package dev.graceful.e2e;

import org.jspecify.annotations.NullMarked;
