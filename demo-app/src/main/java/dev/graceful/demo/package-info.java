/**
 * A small web application in two versions, for {@code scripts/demo}. May use the JDK and {@code
 * dev.graceful.worker}.
 */
@NullMarked
package dev.graceful.demo;

import org.jspecify.annotations.NullMarked;
