/**
 * The store of immutable releases: what a generation runs is a copy that nobody changes. It may use
 * the JDK and nothing else.
 */
@NullMarked
package dev.graceful.release;

import org.jspecify.annotations.NullMarked;
