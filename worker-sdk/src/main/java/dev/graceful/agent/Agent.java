package dev.graceful.agent;

import java.io.File;
import java.io.IOException;
import java.lang.instrument.Instrumentation;
import java.lang.module.Configuration;
import java.lang.module.ModuleDescriptor;
import java.lang.module.ModuleFinder;
import java.lang.module.ModuleReader;
import java.lang.module.ModuleReference;
import java.lang.reflect.InvocationTargetException;
import java.net.MalformedURLException;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.URL;
import java.net.URLClassLoader;
import java.util.Arrays;
import java.util.List;
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
   */
  public static void premain(@Nullable String arguments, Instrumentation instrumentation) {
    try {
      ClassLoader loader = isolatedLoader();
      if (Runtime.version().feature() >= 22) {
        // native access is granted to named modules one by one, to unnamed ones all together
        nameModule(loader);
      }
      Class.forName(RUNTIME, true, loader)
          .getMethod("start", Instrumentation.class, String.class, Consumer.class)
          .invoke(null, instrumentation, arguments == null ? "" : arguments, new Connector());
    } catch (InvocationTargetException e) {
      stepAside(e.getCause());
    } catch (Throwable e) {
      stepAside(e);
    }
  }

  private static void stepAside(@Nullable Throwable cause) {
    try {
      System.err.println(
          "graceful: the agent could not start, so this application runs unsupervised: " + cause);
    } catch (Throwable e) {
      // nothing more can be done, and the application must start
    }
  }

  private static ClassLoader isolatedLoader() throws MalformedURLException, URISyntaxException {
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
    return new URLClassLoader("graceful", jars, ClassLoader.getPlatformClassLoader());
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
  private static final class Connector implements Consumer<Function<Object[], @Nullable Object>> {
    @Override
    public void accept(Function<Object[], @Nullable Object> call) {
      Bridge.call = call;
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
