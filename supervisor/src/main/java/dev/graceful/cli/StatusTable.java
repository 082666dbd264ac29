package dev.graceful.cli;

import dev.graceful.control.LastReload;
import dev.graceful.control.ListenerStatus;
import dev.graceful.control.Status;
import dev.graceful.control.WorkerStatus;
import java.util.ArrayList;
import java.util.List;

/** A status as people like to read it. */
final class StatusTable {
  private StatusTable() {}

  static String of(Status status) {
    StringBuilder text = new StringBuilder();
    text.append(status.name()).append(" is ").append(status.state());
    if (status.generation() > 0) {
      text.append(": g").append(status.generation()).append(", release ").append(status.release());
    }
    text.append(" (supervisor ").append(status.pid()).append(")\n");

    List<List<String>> workers = new ArrayList<>();
    workers.add(List.of("WORKER", "PID", "STATE", "RELEASE", "CONNECTIONS", "UPTIME", "MEMORY"));
    for (WorkerStatus worker : status.workers()) {
      workers.add(
          List.of(
              "g" + worker.generation(),
              Long.toString(worker.pid()),
              worker.state(),
              worker.release(),
              Integer.toString(worker.connections()),
              uptime(worker.uptimeSeconds()),
              memory(worker.rssBytes())));
    }
    section(text, workers, "no worker");

    List<List<String>> listeners = new ArrayList<>();
    listeners.add(List.of("LISTENER", "WAITING"));
    for (ListenerStatus listener : status.listeners()) {
      listeners.add(
          List.of(
              address(listener.address(), listener.port()),
              Integer.toString(listener.acceptQueue())));
    }
    section(text, listeners, "no listener");

    text.append('\n').append(lastReload(status.lastReload())).append('\n');
    return text.toString();
  }

  private static void section(StringBuilder text, List<List<String>> rows, String none) {
    text.append('\n');
    if (rows.size() == 1) {
      text.append(none).append('\n');
      return;
    }
    int columns = rows.get(0).size();
    int[] widths = new int[columns];
    for (List<String> row : rows) {
      for (int column = 0; column < columns; column++) {
        widths[column] = Math.max(widths[column], row.get(column).length());
      }
    }
    for (List<String> row : rows) {
      StringBuilder line = new StringBuilder();
      for (int column = 0; column < columns; column++) {
        String cell = row.get(column);
        line.append(cell).append(" ".repeat(widths[column] - cell.length() + 2));
      }
      text.append(line.toString().stripTrailing()).append('\n');
    }
  }

  private static String lastReload(LastReload last) {
    String took = seconds(last.seconds());
    return switch (last.verdict()) {
      case "ok" -> "last reload: g" + last.generation() + " took over after " + took;
      case "failed" -> "last reload failed after " + took + ": " + last.reason();
      default -> "not reloaded yet";
    };
  }

  private static String address(String host, int port) {
    return (host.indexOf(':') >= 0 ? "[" + host + "]" : host) + ":" + port;
  }

  static String uptime(long seconds) {
    if (seconds < 60) {
      return seconds + "s";
    }
    if (seconds < 3600) {
      return seconds / 60 + "m " + seconds % 60 + "s";
    }
    if (seconds < 86_400) {
      return seconds / 3600 + "h " + seconds % 3600 / 60 + "m";
    }
    return seconds / 86_400 + "d " + seconds % 86_400 / 3600 + "h";
  }

  /** Without a formatter, which would take longer than all the rest of the table. */
  private static String seconds(double seconds) {
    long tenths = Math.round(seconds * 10);
    return tenths / 10 + "." + tenths % 10 + " s";
  }

  static String memory(long bytes) {
    return bytes <= 0 ? "-" : Math.round(bytes / 1e6) + " MB";
  }
}
