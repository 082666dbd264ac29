/**
 * The loop that feeds the core and carries out what it says. The only place where the adapters
 * meet: listener, process, release, health, control and posix know nothing of each other.
 *
 * <p>One thread, the loop, owns all state here; every other thread only posts to it.
 */
@NullMarked
package dev.graceful.supervisor;

import org.jspecify.annotations.NullMarked;
