/**
 * The servers that the end-to-end tests put under graceful: one small main with every kind of
 * listener and every misbehaviour that a test needs. JDK only; {@code Sdk} alone uses the SDK.
 */
@NullMarked
package dev.graceful.e2e.app;

import org.jspecify.annotations.NullMarked;
