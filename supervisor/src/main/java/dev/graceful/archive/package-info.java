/**
 * What makes a worker start fast: archives of class data, class files that the agent made once, and
 * applications laid out so that both can be used. An adapter: it knows nothing of generations and
 * decides nothing that an application could notice.
 */
@NullMarked
package dev.graceful.archive;

import org.jspecify.annotations.NullMarked;
