/** The loop that feeds the core and carries out what it says. */
@NullMarked
package dev.graceful.supervisor;

import org.jspecify.annotations.NullMarked;
