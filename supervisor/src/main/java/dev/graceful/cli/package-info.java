/**
 * The commands that people type: what they mean is decided below. It may use picocli, the records
 * of config and control, and call the supervisor.
 */
@NullMarked
package dev.graceful.cli;

import org.jspecify.annotations.NullMarked;
