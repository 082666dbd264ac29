package dev.graceful.config;

import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What {@code graceful run} was asked to do; every value has been checked for sense.
 *
 * @param name the instance's name, fit for a file name
 * @param jar the application as the operator named it, absolute; a symlink is not resolved, so that
 *     each release can follow it anew
 * @param arguments what stands after the jar, as it is
 * @param readyTimeout more than zero; a worker that is not ready by then has failed
 * @param hammerTime how long a drain may take; negative: no limit
 * @param killAfter from TERM to KILL
 * @param health {@code /PATH} or {@code :PORT/PATH}, in order; empty: a listener is enough
 * @param warmup {@code /PATH} or {@code :PORT/PATH}, in order
 * @param warmupRequests how many requests to send in all, over {@code warmup} in turn
 * @param listen listeners to open at start; the wildcard address where no host was given
 * @param java the java binary for workers; exists and is executable
 * @param jvmArguments what stands before {@code -jar} on a worker's command line
 * @param runDirectory the folder of the instances' folders, absolute
 * @param moveConnections live connections pass to the new worker between two requests
 * @param overlap false: the old worker leaves before the new one starts
 * @param cds class-data archives may be made and used
 * @param user workers run as this user
 * @param keep how many releases to keep, at least 1
 * @param crashes after so many crashes a release is rolled back; 0: it never is
 * @param crashWindow within which they count; more than zero
 * @param maxDraining how many generations may drain at a time, at least 1
 * @param checkMemory an upgrade needs as much free memory as the serving worker takes
 */
public record RunOptions(
    String name,
    Path jar,
    List<String> arguments,
    Duration readyTimeout,
    Duration hammerTime,
    Duration killAfter,
    List<String> health,
    List<String> warmup,
    int warmupRequests,
    List<InetSocketAddress> listen,
    Path java,
    List<String> jvmArguments,
    Path runDirectory,
    @Nullable Path pidFile,
    boolean moveConnections,
    boolean overlap,
    boolean cds,
    @Nullable String user,
    int keep,
    int crashes,
    Duration crashWindow,
    int maxDraining,
    boolean checkMemory) {

  public RunOptions {
    arguments = List.copyOf(arguments);
    health = List.copyOf(health);
    warmup = List.copyOf(warmup);
    listen = List.copyOf(listen);
    jvmArguments = List.copyOf(jvmArguments);
  }
}
