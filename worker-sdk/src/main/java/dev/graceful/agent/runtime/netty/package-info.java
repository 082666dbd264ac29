/**
 * The hooks of Netty's native transports, which do not go through the JDK's sockets: {@link
 * dev.graceful.agent.runtime.netty.NettyWeaver} changes Netty's classes as they are loaded, {@link
 * dev.graceful.agent.runtime.netty.NettyGate} is what lets them reach {@link
 * dev.graceful.agent.runtime.netty.NettyHooks}.
 *
 * <p>It may use the JDK and ASM. What it needs of the rest of the runtime it says in {@link
 * dev.graceful.agent.runtime.netty.Listeners}. Nothing here runs before a class of Netty is loaded
 * but a look at the name of each class.
 */
@NullMarked
package dev.graceful.agent.runtime.netty;

import org.jspecify.annotations.NullMarked;
