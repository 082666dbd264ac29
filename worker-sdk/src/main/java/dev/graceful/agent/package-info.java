/**
 * What the JVM starts in a worker before the application: almost nothing. It builds an isolated
 * class loader for {@link dev.graceful.agent.runtime} and starts it; {@link
 * dev.graceful.agent.Bridge} is where the public API finds it.
 *
 * <p>These classes live in the system class loader, beside the application. They may use the JDK
 * and nothing else, and never print, throw or wait at the application's cost.
 */
@NullMarked
package dev.graceful.agent;

import org.jspecify.annotations.NullMarked;
