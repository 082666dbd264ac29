package dev.graceful.process;

import java.nio.file.Path;
import java.util.List;

/**
 * How to start a worker.
 *
 * @param command the JVM and its arguments
 * @param environment raw NAME=VALUE bytes
 * @param outputDirectory where the files with its output are, while it starts
 */
public record LaunchSpec(
    int generation, List<String> command, List<byte[]> environment, Path outputDirectory) {
  public LaunchSpec {
    command = List.copyOf(command);
    environment = List.copyOf(environment);
  }
}
