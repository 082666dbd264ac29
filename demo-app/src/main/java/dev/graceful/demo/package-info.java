/**
 * A small web application in two versions, and the load that runs beside it, for {@code
 * scripts/demo}. May use the JDK and {@code dev.graceful.worker}.
 */
@NullMarked
package dev.graceful.demo;

import org.jspecify.annotations.NullMarked;
