package dev.graceful.agent;

import dev.graceful.wire.Message;
import dev.graceful.wire.Role;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Workers of one application, one after another, on one port. */
final class Generations implements AutoCloseable {
  final int port;
  private final Path dir;
  private final String host;
  private final String agentArguments;
  private final Program program;
  private final List<FakeSupervisor> supervisors = new ArrayList<>();
  private final List<WorkerProcess> workers = new ArrayList<>();

  Generations(Path dir) throws Exception {
    this(dir, "127.0.0.1", "");
  }

  /**
   * @param host what the servers bind
   * @param agentArguments more of them, each with a semicolon before it
   */
  Generations(Path dir, String host, String agentArguments) throws Exception {
    this.dir = dir;
    this.host = host;
    this.agentArguments = agentArguments;
    program = Program.layOut(dir.resolve("program"));
    port = Ports.free();
  }

  /** Starts the next worker, named g1, g2, ...; the first one serves at once. */
  WorkerProcess start(Path jdk, String kind, List<String> prefix) throws Exception {
    String app = System.getProperty("graceful.app");
    return start(jdk, kind, prefix, List.of(app, KeepAliveApp.class.getName()));
  }

  /** The same for any class path and main class. */
  WorkerProcess startProgram(Path jdk, String kind, List<String> program) throws Exception {
    return start(jdk, kind, List.of(), program);
  }

  private WorkerProcess start(Path jdk, String kind, List<String> prefix, List<String> program)
      throws Exception {
    int number = workers.size() + 1;
    Path path = dir.resolve("s" + number);
    FakeSupervisor supervisor =
        number == 1 ? new FakeSupervisor(path) : new FakeSupervisor(path, supervisors.get(0));
    supervisors.add(supervisor);
    List<String> words = new ArrayList<>(program);
    words.addAll(List.of(kind, Integer.toString(port), "g" + number, host));
    String agent = this.program.agentOption(path, number) + agentArguments;
    WorkerProcess worker = WorkerProcess.launch(prefix, jdk, List.of(agent), words);
    workers.add(worker);
    worker.await("BOUND");
    if (number == 1) {
      supervisor.reseat(Role.SHARED);
    }
    return worker;
  }

  WorkerProcess start(Path jdk, String kind) throws Exception {
    return start(jdk, kind, List.of());
  }

  /** The worker {@code to} serves in place of {@code from}, and gets its connections. */
  void handOver(int from, int to) throws Exception {
    supervisors.get(from - 1).handOver(supervisors.get(to - 1));
  }

  void serve(int from, int to) throws Exception {
    supervisors.get(from - 1).serve(supervisors.get(to - 1));
  }

  void pass(int from, int to) throws Exception {
    supervisors.get(from - 1).pass(supervisors.get(to - 1));
  }

  /** As {@link #pass}, through a socket pair with room for a few connections only. */
  void passThroughLittle(int from, int to) throws Exception {
    supervisors.get(from - 1).pass(supervisors.get(to - 1), true);
  }

  /** Tells a worker that it drains. */
  void drain(int number) throws Exception {
    supervisors.get(number - 1).send(new Message.Drain(60_000));
  }

  /** What the workers printed. */
  String said() {
    StringBuilder said = new StringBuilder();
    for (WorkerProcess worker : workers) {
      said.append(worker.said()).append('\n');
    }
    return said.toString();
  }

  List<String> errors() {
    List<String> errors = new ArrayList<>();
    for (WorkerProcess worker : workers) {
      errors.addAll(worker.errors());
    }
    return errors;
  }

  @Override
  public void close() throws IOException {
    for (WorkerProcess worker : workers) {
      worker.close();
    }
    for (FakeSupervisor supervisor : supervisors) {
      supervisor.close();
    }
  }
}
