/**
 * Linux, as the supervisor needs it: signals, processes, descriptors, Unix domain sockets and the
 * formats of /proc. The only package that names jnr, signal numbers or /proc.
 *
 * <p>It may use the JDK, jnr and dev.graceful.wire, and nothing else; every adapter may use it.
 */
@NullMarked
package dev.graceful.posix;

import org.jspecify.annotations.NullMarked;
