package dev.graceful.archive;

import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Fast starts of one instance. The first worker of a set of libraries writes down which classes it
 * loads; while it serves, an archive is made of those that come from the JDK or from the libraries;
 * later workers with the same libraries start from it, whatever their application's own version.
 *
 * <p>All files are in one folder:
 *
 * <pre>
 * agent-KEY.kept      what the agent made (of this JVM and this program), with .classes, its list
 * KEY.jsa             an archive (of this JVM, its options, these libraries), with .names and .sum
 * lib/CONTENT/*.jar   libraries out of releases
 * unpacked/RELEASE/   the application's own classes out of a release
 * gN.list             what generation N loads
 * </pre>
 *
 * Thread-safe.
 */
public final class FastStarts implements Closeable {
  /** The JDKs whose class loaders the agent knows how to give an order to. */
  private static final int FIRST_JDK = 17;

  private static final int LAST_JDK = 25;

  /** Until the first requests have loaded their classes, and a drain has come to its end. */
  private static final long SETTLE_SECONDS = 4;

  private static final int MOST_ARCHIVES = 3;

  static final String KEPT = ".kept";
  static final String CLASSES = ".classes";

  /** What is known of a release. */
  private record Plan(Layout layout, @Nullable Archive archive, boolean use, Path kept) {
    /** The agent's list of its own classes, as it names it. */
    Path classes() {
      String name = kept.getFileName().toString();
      return kept.resolveSibling(name.substring(0, name.length() - KEPT.length()) + CLASSES);
    }
  }

  /** What a worker writes down. */
  private record Recording(Path list, String release) {}

  private final Path directory;
  private final Path java;
  private final List<String> options;
  private final boolean on;
  private final List<Path> program;
  private final String mode;
  private final Libraries libraries;
  private final ArchiveMaker maker = new ArchiveMaker();
  private final Map<String, Plan> plans = new ConcurrentHashMap<>();
  private final Map<Integer, Recording> recordings = new ConcurrentHashMap<>();

  /** Held while folders of libraries and releases come to be, or go. */
  private final Object folders = new Object();

  private final Set<Path> hopeless = ConcurrentHashMap.newKeySet();
  private final ScheduledThreadPoolExecutor executor;
  private @Nullable ScheduledFuture<?> next;
  private boolean cleaned;

  /**
   * Makes nothing yet.
   *
   * @param java the binary for workers
   * @param options the operator's for the workers' JVM, those in environment variables too
   * @param on false: workers run as without all this
   * @param program the jars of the agent
   * @param mode on which what the agent makes depends besides
   */
  public FastStarts(
      Path directory,
      Path java,
      List<String> options,
      boolean on,
      List<Path> program,
      String mode) {
    this.directory = directory;
    this.java = java;
    this.options = List.copyOf(options);
    this.on = on;
    this.program = List.copyOf(program);
    this.mode = mode;
    this.libraries = new Libraries(directory.resolve("lib"));
    this.executor =
        new ScheduledThreadPoolExecutor(
            1,
            work -> {
              Thread thread = new Thread(null, work, "archive", 256 * 1024);
              thread.setDaemon(true);
              return thread;
            });
    executor.setKeepAliveTime(5, TimeUnit.SECONDS);
    executor.allowCoreThreadTimeOut(true);
    executor.setRemoveOnCancelPolicy(true);
  }

  /**
   * Lays a release out. Takes a while the first time. Whatever fails, the release runs as it is.
   */
  public void prepare(String release, Path jar) {
    if (!on) {
      return;
    }
    maker.forbid();
    synchronized (folders) {
      lay(release, jar);
    }
  }

  private void lay(String release, Path jar) {
    try {
      Files.createDirectories(directory);
      if (!cleaned) {
        cleaned = true;
        Leftovers.ofAnEarlierProcess(directory);
      }
      JavaRuntime runtime = JavaRuntime.of(java);
      Layout layout = Layout.plain(jar);
      if (FIRST_JDK <= runtime.feature()
          && runtime.feature() <= LAST_JDK
          && JvmOptions.allowArchives(options)
          && JvmOptions.allowLayout(options)) {
        layout = Unpacked.of(jar, unpacked().resolve(release), libraries).orElse(layout);
      }
      plans.put(release, plan(layout, runtime));
    } catch (IOException | RuntimeException e) {
      plans.remove(release); // it runs as it is
    }
  }

  private Path unpacked() {
    return directory.resolve("unpacked");
  }

  private Plan plan(Layout layout, JavaRuntime runtime) throws IOException {
    List<String> parts = new ArrayList<>(List.of(runtime.identity(), mode));
    for (Path jar : program) {
      parts.add(JavaRuntime.stamp(jar));
    }
    Path kept = directory.resolve("agent-" + Fingerprint.of(parts) + KEPT);
    if (runtime.identity().isEmpty() || !JvmOptions.allowArchives(options)) {
      return new Plan(layout, null, false, kept);
    }
    List<String> key = new ArrayList<>(parts);
    key.addAll(JvmOptions.decisive(options));
    key.add("libraries");
    layout.libraries().forEach(path -> key.add(path.toString()));
    Archive archive = new Archive(directory.resolve(Fingerprint.of(key) + ".jsa"));
    boolean use = archive.there();
    if (use && !archive.intact()) {
      archive.delete();
      use = false;
    }
    List<Path> own = layout.application();
    if (use && ClassNames.shadowed(archive.names(), own.isEmpty() ? List.of(layout.jar()) : own)) {
      return new Plan(layout, null, false, kept);
    }
    return new Plan(layout, archive, use, kept);
  }

  /** How to launch a release that was prepared. */
  public Launch launch(int generation, String release, Path jar) {
    Plan plan = plans.get(release);
    if (plan == null) {
      return new Launch(List.of(), "", List.of("-jar", jar.toString()));
    }
    List<String> jvm = new ArrayList<>();
    Archive archive = plan.archive();
    if (archive != null && plan.use()) {
      // one that does not fit after all is passed over in silence
      jvm.add("-Xlog:cds*=off");
      jvm.add("-XX:SharedArchiveFile=" + archive.file());
    } else if (archive != null && !hopeless.contains(archive.file())) {
      Path list = directory.resolve("g" + generation + ".list");
      recordings.put(generation, new Recording(list, release));
      jvm.add("-XX:DumpLoadedClassList=" + list);
    }
    Layout layout = plan.layout();
    String main = layout.mainClass();
    String agent = ";kept=" + plan.kept();
    if (main == null) {
      return new Launch(jvm, agent, List.of("-jar", layout.jar().toString()));
    }
    List<Path> path = new ArrayList<>(layout.libraries());
    path.addAll(layout.application());
    return new Launch(
        jvm,
        agent + ";first=" + layout.application().size(),
        List.of("-cp", classPath(path), main));
  }

  static String classPath(List<Path> jars) {
    return jars.stream().map(Path::toString).collect(Collectors.joining(":"));
  }

  /** A worker serves, so there may be time for an archive. */
  public synchronized void served(int generation) {
    maker.allow();
    Recording recording = recordings.remove(generation);
    if (recording != null && !executor.isShutdown()) {
      cancel();
      next = executor.schedule(() -> make(recording), SETTLE_SECONDS, TimeUnit.SECONDS);
    }
  }

  private void make(Recording recording) {
    Plan plan = plans.get(recording.release());
    Archive archive = plan == null ? null : plan.archive();
    try {
      if (plan != null && archive != null && !archive.there()) {
        ArchiveMaker.Order order =
            new ArchiveMaker.Order(
                java, options, plan.layout(), recording.list(), plan.classes(), archive);
        if (maker.make(order)) {
          // for a worker of this very release that has to be started again
          plans.replace(
              recording.release(), plan, new Plan(plan.layout(), archive, true, plan.kept()));
        }
      }
    } catch (IOException | RuntimeException e) {
      if (archive != null) {
        hopeless.add(archive.file());
      }
    } finally {
      discard(recording);
    }
  }

  private synchronized void cancel() {
    ScheduledFuture<?> waiting = next;
    if (waiting != null) {
      waiting.cancel(false);
    }
  }

  private static void discard(Recording recording) {
    try {
      Files.deleteIfExists(recording.list());
    } catch (IOException e) {
      // the next pruning removes it
    }
  }

  /** The process of that generation has ended. */
  public void ended(int generation) {
    Recording recording = recordings.remove(generation);
    if (recording != null) {
      discard(recording);
    }
  }

  /**
   * Removes what belongs to no release that is kept.
   *
   * @param kept asked for when no release is being prepared, so that none is missing
   */
  public void prune(Supplier<Set<String>> kept) {
    if (on) {
      synchronized (folders) {
        removeAllBut(kept.get());
      }
    }
  }

  private void removeAllBut(Set<String> releases) {
    plans.keySet().retainAll(releases);
    Set<Path> kept = new HashSet<>();
    Set<Path> archives = new HashSet<>();
    for (Plan plan : plans.values()) {
      Archive archive = plan.archive();
      if (archive != null) {
        archives.add(archive.file());
      }
      kept.add(plan.kept());
    }
    new Leftovers(directory, MOST_ARCHIVES).remove(releases, kept, archives);
  }

  /** Ends what is being made. */
  @Override
  public void close() {
    executor.shutdownNow();
    maker.forbid();
  }
}
