package dev.graceful.archive;

import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How a release is given to a JVM.
 *
 * @param jar the release's own
 * @param libraries jars whose paths change with their content, so that they may outlive a release;
 *     empty for a jar that is run as it is
 * @param application what comes before the libraries in the application's own order
 * @param mainClass null for a jar that is run as it is
 */
record Layout(Path jar, List<Path> libraries, List<Path> application, @Nullable String mainClass) {
  Layout {
    libraries = List.copyOf(libraries);
    application = List.copyOf(application);
  }

  static Layout plain(Path jar) {
    return new Layout(jar, List.of(), List.of(), null);
  }
}
