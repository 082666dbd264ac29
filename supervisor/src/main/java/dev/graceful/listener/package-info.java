/**
 * Listening sockets: the shared ones that the supervisor owns, the private ones on which a worker
 * is proved, and the lame ones to which nobody connects. It may use the wire's system calls; one
 * thread at a time.
 */
@NullMarked
package dev.graceful.listener;

import org.jspecify.annotations.NullMarked;
