package dev.graceful.demo.bench;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What a scenario has found. */
final class Findings {
  private final List<Figure> figures = new ArrayList<>();
  private final List<String> text = new ArrayList<>();
  private final Map<String, Object> raw = new LinkedHashMap<>();

  /** Adds a line to the table of figures. */
  void figure(Figure figure) {
    figures.add(figure);
  }

  /** Adds a paragraph to the scenario's section. */
  void say(String paragraph) {
    text.add(paragraph);
    text.add("");
  }

  /** Adds a table to the scenario's section; the first row is its head. */
  void table(List<List<String>> rows) {
    for (int i = 0; i < rows.size(); i++) {
      text.add("| " + String.join(" | ", rows.get(i)) + " |");
      if (i == 0) {
        text.add("|" + " --- |".repeat(rows.get(i).size()));
      }
    }
    text.add("");
  }

  /** Adds a picture of the report's folder. */
  void picture(String file, String caption) {
    text.add("![" + caption + "](" + file + ")");
    text.add("");
  }

  /** Keeps single values for the JSON file. */
  void keep(String key, Object value) {
    raw.put(key, value);
  }

  List<Figure> figures() {
    return figures;
  }

  List<String> text() {
    return text;
  }

  Map<String, Object> raw() {
    return raw;
  }
}
