/**
 * Measures graceful, and what people use otherwise, in the same run, and writes the report: {@code
 * scripts/bench}. Drives packaged programs as a user would; uses {@code dev.graceful.demo.soak} for
 * the load, HdrHistogram for percentiles and XChart for pictures.
 */
@NullMarked
package dev.graceful.demo.bench;

import org.jspecify.annotations.NullMarked;
