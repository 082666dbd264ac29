package dev.graceful.release;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.jar.Attributes;
import java.util.jar.JarFile;
import java.util.jar.Manifest;
import java.util.zip.ZipException;

/** What {@code java -jar} needs of a jar, checked before a worker is started from it. */
final class ApplicationJar {
  private static final String BUILD_IT = "; build it as an executable jar, or name another";

  private ApplicationJar() {}

  /** That there is a file to copy. */
  static void requireFile(Path jar) throws ReleaseException {
    if (!Files.exists(jar)) {
      boolean dangling = Files.isSymbolicLink(jar);
      throw new ReleaseException(
          dangling
              ? jar + " is a link to nothing; make it point to a jar"
              : "no such file: " + jar + "; check the path of the jar");
    }
    if (Files.isDirectory(jar)) {
      throw new ReleaseException(jar + " is a folder, not a jar; name the jar in it");
    }
    if (!Files.isRegularFile(jar)) {
      throw new ReleaseException(jar + " is not a regular file; name a jar");
    }
    if (!Files.isReadable(jar)) {
      throw new ReleaseException("cannot read " + jar + ": permission denied; make it readable");
    }
  }

  /**
   * The manifest of a copy.
   *
   * @param source how the operator knows it
   * @throws ReleaseException if it is no zip file
   */
  static Manifest manifest(Path copy, Path source) throws IOException, ReleaseException {
    try (JarFile file = new JarFile(copy.toFile(), false)) {
      Manifest manifest = file.getManifest();
      return manifest == null ? new Manifest() : manifest;
    } catch (ZipException e) {
      String why = Files.size(copy) == 0 ? "the file is empty" : e.getMessage();
      throw new ReleaseException(source + " is not a jar (" + why + ")" + BUILD_IT, e);
    } catch (IllegalArgumentException | IllegalStateException e) {
      throw new ReleaseException(source + " is not a jar (" + e.getMessage() + ")" + BUILD_IT, e);
    }
  }

  /** The class that the manifest names as Main-Class, with dots. */
  static String mainClass(Manifest manifest, Path source) throws ReleaseException {
    String name = manifest.getMainAttributes().getValue(Attributes.Name.MAIN_CLASS);
    if (name == null || name.isBlank()) {
      throw new ReleaseException(source + " has no Main-Class in its manifest" + BUILD_IT);
    }
    return name.trim().replace('/', '.');
  }

  /**
   * That the main class exists.
   *
   * @param jars the jar and those that its Class-Path names
   * @param folders the folders that its Class-Path names
   */
  static void requireClass(
      String mainClass, Collection<Path> jars, Collection<Path> folders, Path source)
      throws ReleaseException {
    String entry = mainClass.replace('.', '/') + ".class";
    for (Path folder : folders) {
      if (Files.isRegularFile(folder.resolve(entry))) {
        return;
      }
    }
    for (Path jar : jars) {
      if (contains(jar, entry)) {
        return;
      }
    }
    if (ClassLoader.getPlatformClassLoader().getResource(entry) != null) {
      return; // a class of the JDK
    }
    throw new ReleaseException(
        source
            + " names "
            + mainClass
            + " as its Main-Class, but neither it nor its Class-Path has that class; correct the"
            + " manifest or add the class");
  }

  private static boolean contains(Path jar, String entry) {
    try (JarFile file = new JarFile(jar.toFile(), false)) {
      return file.getEntry(entry) != null
          || file.stream()
              .anyMatch(
                  e ->
                      e.getName().startsWith("META-INF/versions/")
                          && e.getName().endsWith("/" + entry));
    } catch (IOException | IllegalArgumentException | IllegalStateException e) {
      return false; // the class loader passes over a broken jar of the Class-Path
    }
  }
}
