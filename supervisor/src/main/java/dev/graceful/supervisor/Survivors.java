package dev.graceful.supervisor;

import dev.graceful.posix.NativeProcesses;
import dev.graceful.posix.ProcFs;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Finds the workers that an earlier supervisor of this instance has left. A process is one if its
 * command line has our agent with exactly this instance's socket, if it belongs to the right user,
 * and if it is the process that the ledger has for its generation. Of a generation that the ledger
 * has no process for, because it was being started at that moment, the leader of a session is the
 * worker: what the worker itself forks leads none.
 */
final class Survivors {
  /** How workers name the agent. */
  private static final List<String> OPTIONS =
      List.of(WorkerCommand.AGENT, WorkerCommand.AGENT_AND_MODULE);

  private static final String AGENT = "/graceful-agent.jar=";
  private static final String SOCKET = "socket=";
  private static final String GENERATION = "generation=";

  /** A live worker of an earlier supervisor. */
  record Survivor(int generation, long pid, long startTime) {
    @Override
    public String toString() {
      return "g" + generation + " (pid " + pid + ")";
    }

    boolean isAlive() {
      return NativeProcesses.isAlive(pid, startTime);
    }
  }

  private Survivors() {}

  /**
   * The live workers, by generation.
   *
   * @param known the processes that the ledger has
   * @param user whom workers belong to
   */
  static SortedMap<Integer, Survivor> find(
      Path socket, Map<Integer, Ledger.Identity> known, long user) {
    SortedMap<Integer, Survivor> found = new TreeMap<>();
    for (long pid : ProcFs.processes()) {
      OptionalInt generation = generation(ProcFs.commandLine(pid), socket.toString());
      OptionalLong startTime = ProcFs.startTime(pid);
      if (generation.isEmpty() || startTime.isEmpty() || ProcFs.user(pid).orElse(-1) != user) {
        continue;
      }
      Survivor survivor = new Survivor(generation.getAsInt(), pid, startTime.getAsLong());
      if (isTheOne(survivor, known.get(survivor.generation())) && survivor.isAlive()) {
        found.put(survivor.generation(), survivor);
      }
    }
    return found;
  }

  private static boolean isTheOne(
      Survivor survivor, Ledger.@org.jspecify.annotations.Nullable Identity identity) {
    return identity == null
        ? ProcFs.leadsSession(survivor.pid())
        : identity.pid() == survivor.pid() && identity.startTime() == survivor.startTime();
  }

  /** The generation of a worker of that socket, by its command line. */
  static OptionalInt generation(List<String> commandLine, String socket) {
    for (String word : commandLine) {
      int agent = word.indexOf(AGENT);
      if (agent < 0 || OPTIONS.stream().noneMatch(word::startsWith)) {
        continue;
      }
      String own = "";
      int number = 0;
      for (String pair : word.substring(agent + AGENT.length()).split(";", -1)) {
        if (pair.startsWith(SOCKET)) {
          own = pair.substring(SOCKET.length());
        } else if (pair.startsWith(GENERATION) && pair.matches("generation=[1-9][0-9]{0,8}")) {
          number = Integer.parseInt(pair.substring(GENERATION.length()));
        }
      }
      if (own.equals(socket) && number > 0) {
        return OptionalInt.of(number);
      }
    }
    return OptionalInt.empty();
  }
}
