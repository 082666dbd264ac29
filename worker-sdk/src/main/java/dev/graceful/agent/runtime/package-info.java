/**
 * The agent's runtime in a worker: the hooks of the JDK's sockets, the seats, and the link to the
 * supervisor. It lives in a class loader and, where the JVM knows such a thing, a module of its
 * own.
 *
 * <p>It may use the JDK, {@link dev.graceful.wire} {@link dev.graceful.agent.runtime.weave} and
 * {@link dev.graceful.agent.runtime.netty}. What it calls at the JVM's start uses no lambdas,
 * because the first one is slow.
 */
@NullMarked
package dev.graceful.agent.runtime;

import org.jspecify.annotations.NullMarked;
