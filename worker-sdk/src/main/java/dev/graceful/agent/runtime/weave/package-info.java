/**
 * Puts hooks into classes of the JDK: {@link dev.graceful.agent.runtime.weave.HookPoint} says
 * where, {@link dev.graceful.agent.runtime.weave.HookClasses} makes the classes that stand between,
 * {@link dev.graceful.agent.runtime.weave.Weaver} changes the call sites.
 *
 * <p>It may use the JDK and ASM, and knows nothing of sockets.
 */
@NullMarked
package dev.graceful.agent.runtime.weave;

import org.jspecify.annotations.NullMarked;
