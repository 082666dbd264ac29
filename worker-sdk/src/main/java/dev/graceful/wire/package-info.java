/**
 * The wire between worker and supervisor: messages, their codec, and the Unix domain socket that
 * carries them together with descriptors (SCM_RIGHTS, unix(7)).
 *
 * <p>Both sides use it: the agent's runtime in a worker, and the supervisor. It may use the JDK and
 * jffi, and nothing else; {@link dev.graceful.wire.LibC} is the only class that names jffi.
 */
@NullMarked
package dev.graceful.wire;

import org.jspecify.annotations.NullMarked;
