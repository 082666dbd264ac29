package dev.graceful.agent;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Enumeration;
import java.util.Set;
import java.util.TreeSet;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(600)
class AgentIT {
  @TempDir Path dir;

  /** A package that is missing there breaks workers on JDK 22 and later only. */
  @Test
  void modulesPackagesAreThoseOfTheRuntimesJars() throws Exception {
    Program.layOut(dir.resolve("program"));
    Set<String> found = new TreeSet<>();
    try (Stream<Path> jars = Files.list(dir.resolve("program/runtime"))) {
      for (Path file : (Iterable<Path>) jars::iterator) {
        try (JarFile jar = new JarFile(file.toFile())) {
          Enumeration<JarEntry> entries = jar.entries();
          while (entries.hasMoreElements()) {
            String name = entries.nextElement().getName();
            if (name.endsWith(".class") && name.contains("/") && !name.startsWith("META-INF/")) {
              found.add(name.substring(0, name.lastIndexOf('/')).replace('/', '.'));
            }
          }
        }
      }
    }
    assertThat(Agent.PACKAGES).containsExactlyInAnyOrderElementsOf(found);
  }
}
