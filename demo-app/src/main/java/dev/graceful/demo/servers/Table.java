package dev.graceful.demo.servers;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** All results so far, in a file of their own, and the page that shows them. */
final class Table {
  private static final int CLIENTS = 16;

  private final Path results;
  private final Path page;
  private final Map<String, Result> byKey = new TreeMap<>();

  private Table(Path results, Path page) {
    this.results = results;
    this.page = page;
  }

  /**
   * Reads what former runs have left.
   *
   * @param results one line for each trial; need not be there
   * @param page to write
   */
  static Table read(Path results, Path page) throws IOException {
    Table table = new Table(results, page);
    if (Files.exists(results)) {
      for (String line : Files.readAllLines(results)) {
        Result result = Result.parse(line);
        table.byKey.put(result.key(), result);
      }
    }
    return table;
  }

  /** Adds a result, in the place of an earlier one of the same trial, and writes both files. */
  void add(Result result) throws IOException {
    byKey.put(result.key(), result);
    write(results, byKey.values().stream().map(Result::line).toList());
    write(page, lines());
  }

  private static void write(Path file, List<String> lines) throws IOException {
    Files.createDirectories(file.getParent());
    Path aside = file.resolveSibling(file.getFileName() + ".new");
    Files.write(aside, lines);
    Files.move(aside, file, StandardCopyOption.REPLACE_EXISTING);
  }

  private List<String> lines() {
    List<String> lines = new ArrayList<>();
    lines.add("# Servers under graceful");
    lines.add("");
    lines.add(
        "Written by `scripts/servers`, which runs each server, swaps it by `HUP` every 3 s (or as"
            + " fast as it starts) under "
            + CLIENTS
            + " clients that never retry, and counts. A failure is a request that did not get its"
            + " whole, right answer, a refused connection included. GET and POST with bodies up to"
            + " 20 kB; H2's console GET only. \"Closed\": kept connections that the server closed,"
            + " other than at its own limit of requests (Tomcat: 100 by default), which stands in"
            + " brackets. Clients, the old worker and the new one share the machine's processors:"
            + " under a saturated load a worker starts slowly, and so the verdict comes late.");
    section(lines, "new", "New connections", "a new connection for each request");
    section(lines, "keep", "Kept connections", "saturated keep-alive connections");
    return lines;
  }

  private void section(List<String> lines, String load, String title, String what) {
    boolean keep = load.equals("keep");
    List<String> rows = new ArrayList<>();
    for (ServerUnderTest server : Catalog.SERVERS) {
      for (Result result : byKey.values()) {
        if (result.server().equals(server.name()) && result.load().equals(load)) {
          rows.add(row(server, result, keep));
        }
      }
    }
    if (rows.isEmpty()) {
      return;
    }
    lines.addAll(List.of("", "## " + title, "", "Load: " + what + ".", ""));
    lines.add(
        "| server | version | JDK | waits in | swaps | HUP to verdict | requests | failed |"
            + (keep ? " closed | how connections leave |" : "")
            + " remark |");
    lines.add(
        "| --- | --- | --- | --- | ---: | ---: | ---: | ---: |"
            + (keep ? " ---: | --- |" : "")
            + " --- |");
    lines.addAll(rows);
  }

  private static String row(ServerUnderTest server, Result result, boolean keep) {
    List<Object> cells = new ArrayList<>();
    cells.add(server.title());
    cells.add(result.version());
    cells.add(result.jdk());
    cells.add(result.seat());
    cells.add(result.swaps());
    cells.add(result.swapMillis() + " ms");
    cells.add(result.answered());
    cells.add(result.failed());
    if (keep) {
      cells.add(result.closedOtherwise() + limit(result));
      cells.add(leave(result));
    }
    cells.add(result.remark().replace("|", "/"));
    StringBuilder row = new StringBuilder("|");
    cells.forEach(cell -> row.append(' ').append(cell).append(" |"));
    return row.toString();
  }

  private static String limit(Result result) {
    return result.closedByLimit() == 0 ? "" : " (" + result.closedByLimit() + ")";
  }

  /**
   * Of what the clients saw: who answered on a connection, and how many connections they needed.
   */
  private static String leave(Result result) {
    long chances = (long) CLIENTS * result.swaps();
    if (chances == 0) {
      return "";
    }
    if (result.moved() >= 0) {
      return "moved: " + result.moved() + " of " + chances;
    }
    long anew = result.connections() - CLIENTS;
    return anew == 0
        ? "moved: " + chances + " of " + chances
        : anew + " connections made anew in " + result.swaps() + " swaps";
  }
}
