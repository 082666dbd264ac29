/** The public API for applications. No dependencies at all; harmless when unsupervised. */
@NullMarked
package dev.graceful.worker;

import org.jspecify.annotations.NullMarked;
