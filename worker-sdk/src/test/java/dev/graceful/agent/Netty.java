package dev.graceful.agent;

import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.objectweb.asm.ClassReader;
import org.objectweb.asm.ClassWriter;
import org.objectweb.asm.commons.ClassRemapper;
import org.objectweb.asm.commons.Remapper;

/** A Netty that {@link NettyApp} can run on. */
enum Netty {
  V41,
  V42,
  /** The copy in grpc-netty-shaded, under another package. */
  SHADED;

  private static final String MOVED = "io/grpc/netty/shaded/";

  /** The class path of the application; {@code folder} takes what has to be made for it. */
  String classPath(Path folder) throws IOException {
    List<String> entries = new ArrayList<>();
    entries.add(this == SHADED ? remapped(folder).toString() : System.getProperty("graceful.app"));
    if (this == V41) {
      String own =
          System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
      for (String entry : own.split(File.pathSeparator, -1)) {
        if (Path.of(entry).getFileName().toString().startsWith("netty-")) {
          entries.add(entry);
        }
      }
    } else {
      Path jars = Path.of(System.getProperty("graceful.netty"), this == V42 ? "4.2" : "shaded");
      try (Stream<Path> files = Files.list(jars)) {
        files.sorted().forEach(file -> entries.add(file.toString()));
      }
    }
    return String.join(File.pathSeparator, entries);
  }

  /** The application as the shade plugin would have changed it. */
  private static Path remapped(Path folder) throws IOException {
    Path target = Files.createDirectories(folder.resolve("dev/graceful/agent"));
    Path classes = Path.of(System.getProperty("graceful.app"), "dev/graceful/agent");
    try (Stream<Path> files = Files.list(classes)) {
      for (Path file : (Iterable<Path>) files::iterator) {
        String name = Objects.requireNonNull(file.getFileName()).toString();
        if (name.startsWith("NettyApp")) {
          try (InputStream in = Files.newInputStream(file)) {
            ClassWriter writer = new ClassWriter(0);
            new ClassReader(in).accept(new ClassRemapper(writer, new Moved()), 0);
            Files.write(target.resolve(name), writer.toByteArray());
          }
        }
      }
    }
    return folder;
  }

  private static final class Moved extends Remapper {
    Moved() {
      super(org.objectweb.asm.Opcodes.ASM9);
    }

    @Override
    public String map(String name) {
      return name.startsWith("io/netty/") ? MOVED + name : name;
    }
  }
}
