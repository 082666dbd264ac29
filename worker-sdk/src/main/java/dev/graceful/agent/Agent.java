package dev.graceful.agent;

import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.lang.instrument.Instrumentation;
import java.lang.module.Configuration;
import java.lang.module.ModuleDescriptor;
import java.lang.module.ModuleFinder;
import java.lang.module.ModuleReader;
import java.lang.module.ModuleReference;
import java.lang.reflect.InvocationTargetException;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.URL;
import java.net.URLClassLoader;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The agent's entry. Builds a class loader over {@code runtime/*.jar} beside its own jar and starts
 * the runtime in it, so that nothing of ours meets the application's classes.
 *
 * <p>No lambdas here: at this point of a JVM's start the first one costs tens of milliseconds.
 */
public final class Agent {
  private static final String RUNTIME = "dev.graceful.agent.runtime.Worker";

  /** The packages of the runtime's jars: a class outside them would be cut off from the rest. */
  static final Set<String> PACKAGES =
      Set.of(
          "dev.graceful.agent.runtime",
          "dev.graceful.agent.runtime.framing",
          "dev.graceful.agent.runtime.move",
          "dev.graceful.agent.runtime.netty",
          "dev.graceful.agent.runtime.weave",
          "dev.graceful.wire",
          "com.kenai.jffi",
          "com.kenai.jffi.internal",
          "org.objectweb.asm",
          "org.objectweb.asm.signature");

  private Agent() {}

  /**
   * Called by the JVM, on its main thread, before the application's main (java.lang.instrument).
   * Where an earlier start has kept what takes long, the application does not wait for the runtime.
   */
  public static void premain(@Nullable String arguments, Instrumentation instrumentation) {
    try {
      String text = arguments == null ? "" : arguments;
      Gate gate = gate(text);
      Start start = new Start(instrumentation, text, gate);
      if (gate == null) {
        start.run();
        return;
      }
      instrumentation.addTransformer(gate, true);
      Bridge.call = gate;
      ThreadGroup group = Thread.currentThread().getThreadGroup();
      while (group.getParent() != null) {
        group = group.getParent();
      }
      Thread thread = new Thread(group, start, "graceful-start", 0, false);
      thread.setDaemon(true);
      thread.setContextClassLoader(null);
      thread.start();
      if (text.contains(";first=")) {
        gate.awaitOrder();
      }
    } catch (Throwable e) {
      stepAside(e);
    }
  }

  private static @Nullable Gate gate(String arguments) {
    String name = ";kept=";
    int at = arguments.indexOf(name);
    if (at < 0) {
      return null;
    }
    int end = arguments.indexOf(';', at + 1);
    int begin = at + name.length();
    return Gate.of(
        new File(end < 0 ? arguments.substring(begin) : arguments.substring(begin, end)));
  }

  /** Starts the runtime. */
  private record Start(Instrumentation instrumentation, String arguments, @Nullable Gate gate)
      implements Runnable {
    @Override
    public void run() {
      try {
        ClassLoader loader = isolatedLoader(gate);
        if (Runtime.version().feature() >= 22) {
          // native access is granted to named modules one by one, to unnamed ones all together
          nameModule(loader);
        }
        Class.forName(RUNTIME, true, loader)
            .getMethod(
                "start",
                Instrumentation.class,
                String.class,
                byte[].class,
                Runnable.class,
                Consumer.class,
                Consumer.class)
            .invoke(
                null,
                instrumentation,
                arguments,
                gate == null ? null : gate.kept(),
                new Ordered(gate),
                new Connector(gate),
                gate);
      } catch (InvocationTargetException e) {
        stepAside(e.getCause());
      } catch (Throwable e) {
        stepAside(e);
      } finally {
        if (gate != null) {
          gate.settle();
        }
      }
    }
  }

  /** The class path is in order. */
  private record Ordered(@Nullable Gate gate) implements Runnable {
    @Override
    public void run() {
      if (gate != null) {
        gate.inOrder();
      }
    }
  }

  static void stepAside(@Nullable Throwable cause) {
    try {
      System.err.println(
          "graceful: the agent could not start, so this application runs unsupervised: " + cause);
    } catch (Throwable e) {
      // nothing more can be done, and the application must start
    }
  }

  private static ClassLoader isolatedLoader(@Nullable Gate gate)
      throws IOException, URISyntaxException {
    URL self = Agent.class.getProtectionDomain().getCodeSource().getLocation();
    File folder = new File(new File(self.toURI()).getParentFile(), "runtime");
    File[] files = folder.listFiles();
    if (files == null) {
      throw new IllegalStateException(folder + " cannot be read; install graceful again");
    }
    Arrays.sort(files);
    URL[] jars = new URL[files.length];
    for (int i = 0; i < files.length; i++) {
      jars[i] = files[i].toURI().toURL();
    }
    // never closed: it lives as long as the JVM
    return new Isolated(jars, gate == null ? Map.of() : gate.classes());
  }

  /**
   * Takes classes from memory where it can: each one from a jar costs more than all the rest of its
   * loading.
   */
  private static final class Isolated extends URLClassLoader {
    static {
      registerAsParallelCapable();
    }

    private final Map<String, byte[]> classes;

    Isolated(URL[] jars, Map<String, byte[]> classes) {
      super("graceful", jars, ClassLoader.getPlatformClassLoader());
      this.classes = classes;
    }

    @Override
    protected Class<?> findClass(String name) throws ClassNotFoundException {
      byte[] kept = classes.get(name);
      byte[] bytes = kept != null ? kept : read(name);
      return defineClass(name, bytes, 0, bytes.length);
    }

    /** Not super's way: it takes a package of a module for one that another jar has sealed. */
    private byte[] read(String name) throws ClassNotFoundException {
      URL url = findResource(name.replace('.', '/') + ".class");
      if (url == null) {
        throw new ClassNotFoundException(name);
      }
      try (InputStream in = url.openStream()) {
        return in.readAllBytes();
      } catch (IOException e) {
        throw new ClassNotFoundException(name, e);
      }
    }
  }

  private static void nameModule(ClassLoader loader) {
    ModuleDescriptor descriptor =
        ModuleDescriptor.newOpenModule("dev.graceful.runtime")
            .requires(Set.of(ModuleDescriptor.Requires.Modifier.MANDATED), "java.base")
            .requires("java.instrument")
            .requires(Set.of(ModuleDescriptor.Requires.Modifier.STATIC), "jdk.unsupported")
            .packages(PACKAGES)
            .build();
    ModuleLayer boot = ModuleLayer.boot();
    Configuration configuration =
        boot.configuration()
            .resolve(new Just(descriptor), ModuleFinder.of(), Set.of(descriptor.name()));
    ModuleLayer.defineModules(configuration, List.of(boot), new Always(loader));
  }

  /** Lets the runtime, which cannot see this class, connect the bridge. */
  private record Connector(@Nullable Gate gate)
      implements Consumer<Function<Object[], @Nullable Object>> {
    @Override
    public void accept(Function<Object[], @Nullable Object> call) {
      if (gate == null) {
        Bridge.call = call;
      } else {
        gate.connect(call);
      }
    }
  }

  private record Always(ClassLoader loader) implements Function<String, ClassLoader> {
    @Override
    public ClassLoader apply(String module) {
      return loader;
    }
  }

  /** Finds one module; its classes come from the loader that it is mapped to. */
  private static final class Just implements ModuleFinder {
    private final ModuleReference reference;

    Just(ModuleDescriptor descriptor) {
      reference =
          new ModuleReference(descriptor, URI.create("graceful:runtime")) {
            @Override
            public ModuleReader open() throws IOException {
              throw new IOException("the module's classes come from its class loader");
            }
          };
    }

    @Override
    public Optional<ModuleReference> find(String name) {
      return name.equals(reference.descriptor().name()) ? Optional.of(reference) : Optional.empty();
    }

    @Override
    public Set<ModuleReference> findAll() {
      return Set.of(reference);
    }
  }
}
