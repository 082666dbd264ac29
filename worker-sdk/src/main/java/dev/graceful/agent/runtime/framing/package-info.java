/**
 * The framing of HTTP/1.1 connections: where one message ends and the next begins, in both
 * directions, followed from the first byte on. It answers one question: may this connection be
 * lifted out of the worker now?
 *
 * <p>It decides by RFC 9112 read strictly. Whatever strict and lenient implementations could see
 * differently pins the connection, for ever: a connection that stays is only slow to leave, one
 * that moves at the wrong byte is a request lost, or answered twice.
 *
 * <p>It may use the JDK's java.base and nothing else: no descriptors, no threads, no clock.
 */
@NullMarked
package dev.graceful.agent.runtime.framing;

import org.jspecify.annotations.NullMarked;
