/**
 * Measures servers of all kinds under graceful and writes the table of them. Drives the packaged
 * program as a user would; uses the JDK and {@code dev.graceful.demo.soak}.
 */
@NullMarked
package dev.graceful.demo.servers;

import org.jspecify.annotations.NullMarked;
