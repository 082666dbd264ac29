/**
 * A strict HTTP load, and the soak: graceful under that load for as long as one likes. Uses the JDK
 * only; the end-to-end tests use the load as well.
 */
@NullMarked
package dev.graceful.demo.soak;

import org.jspecify.annotations.NullMarked;
