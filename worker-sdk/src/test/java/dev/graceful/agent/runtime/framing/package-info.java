/** Tests of the framing, with a reference of their own that knows nothing of it. */
@NullMarked
package dev.graceful.agent.runtime.framing;

import org.jspecify.annotations.NullMarked;
