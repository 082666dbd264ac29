/**
 * The public API for applications: {@link dev.graceful.worker.Graceful} to talk with the
 * supervisor, and {@link dev.graceful.worker.GracefulServer} to listen and serve in one line.
 *
 * <p>It may use the JDK and nothing else of ours or of others: it meets the agent only through one
 * function that the agent leaves in the system class loader. Without a supervisor everything here
 * still works, and does nothing that an application would notice.
 */
@NullMarked
package dev.graceful.worker;

import org.jspecify.annotations.NullMarked;
