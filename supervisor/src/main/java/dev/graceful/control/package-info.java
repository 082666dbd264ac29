/**
 * The operator's socket: requests, answers and the status that they carry, the server side and the
 * client side. One JSON object a line. It may use the JDK and slf4j; the client side uses no native
 * code, so that a command starts fast.
 */
@NullMarked
package dev.graceful.control;

import org.jspecify.annotations.NullMarked;
