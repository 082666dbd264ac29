/** Servers that the measuring program packs into jars of their own. They use the JDK only. */
@NullMarked
package dev.graceful.demo.bench.app;

import org.jspecify.annotations.NullMarked;
