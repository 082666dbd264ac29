/**
 * What the operator asked for, checked: the options of a run as a record, and the folder that is an
 * instance. It may use the JDK and nothing else.
 */
@NullMarked
package dev.graceful.config;

import org.jspecify.annotations.NullMarked;
