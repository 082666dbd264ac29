package dev.graceful.demo.bench;

import com.fasterxml.jackson.jr.ob.JSON;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The report: a page, the same for programs, and a page for the documentation. */
final class Report {
  private static final Pattern PICTURE = Pattern.compile("\\]\\(([a-z-]+\\.png)\\)");

  private final Setting setting;
  private final Map<Scenario, Findings> found = new LinkedHashMap<>();
  private final Map<Scenario, String> failed = new LinkedHashMap<>();
  private long seconds;

  Report(Setting setting) {
    this.setting = setting;
  }

  void add(Scenario scenario, Findings findings) {
    found.put(scenario, findings);
  }

  void addFailed(Scenario scenario, String why) {
    failed.put(scenario, why);
  }

  /** Writes both files anew, with what there is so far. */
  void write(long secondsSoFar) throws IOException {
    seconds = secondsSoFar;
    Files.write(setting.out().resolve("report.md"), page(""));
    Files.writeString(setting.out().resolve("report.json"), text(json()) + "\n");
  }

  /** Writes {@code measured.md}, and its pictures beside it. */
  void writeDocs(Path docs) throws IOException {
    List<String> page = page("measured/");
    Files.createDirectories(docs.resolve("measured"));
    for (String line : page("")) {
      Matcher picture = PICTURE.matcher(line);
      if (picture.find()) {
        Path file = setting.out().resolve(picture.group(1));
        if (Files.exists(file)) {
          Files.copy(
              file,
              docs.resolve("measured").resolve(picture.group(1)),
              StandardCopyOption.REPLACE_EXISTING);
        }
      }
    }
    Files.write(docs.resolve("measured.md"), page);
  }

  /** The first table, as lines of text. */
  List<String> figures() {
    List<String> lines = new ArrayList<>();
    for (Findings findings : found.values()) {
      for (Figure figure : findings.figures()) {
        lines.add(
            "%-75s %s%s"
                .formatted(
                    figure.what(),
                    figure.text(),
                    figure.target() == null
                        ? ""
                        : "  ("
                            + figure.target().text()
                            + ": "
                            + figure.outcome().replace("*", "")
                            + ")"));
      }
    }
    failed.forEach(
        (scenario, why) -> lines.add(scenario.name() + " could not be measured: " + why));
    return lines;
  }

  private List<String> page(String pictures) {
    List<String> lines = new ArrayList<>();
    lines.add("# Measured");
    lines.add("");
    lines.add(
        ("Written by `scripts/bench%s` on %s, in %d min, on %s; JDK %s. Medians, in "
                + "brackets the quarters below and above; ratios are of pairs that were measured "
                + "one after the other. Single machines are noisy: run it on yours.")
            .formatted(
                setting.quick() ? " --quick" : "",
                LocalDate.now(ZoneOffset.UTC),
                (seconds + 59) / 60,
                Machine.description(),
                String.join(", ", setting.jdks().stream().map(Machine::javaVersion).toList())));
    lines.add("");
    lines.add("| what | figure | wanted | | |");
    lines.add("| --- | --- | --- | --- | --- |");
    for (Findings findings : found.values()) {
      for (Figure figure : findings.figures()) {
        lines.add(
            "| %s | %s | %s | %s | %s |"
                .formatted(
                    figure.what(),
                    figure.text(),
                    figure.target() == null ? "" : figure.target().text(),
                    figure.outcome(),
                    figure.remark()));
      }
    }
    failed.forEach(
        (scenario, why) ->
            lines.add("| %s | not measured | | | %s |".formatted(scenario.title(), oneLine(why))));
    lines.add("");
    found.forEach(
        (scenario, findings) -> {
          lines.add("## " + scenario.title());
          lines.add("`scripts/bench " + scenario.name() + "`");
          lines.add("");
          findings.text().stream()
              .filter(line -> !isMissingPicture(line))
              .map(line -> line.replaceAll("(\\]\\()([a-z-]+\\.png\\))", "$1" + pictures + "$2"))
              .forEach(lines::add);
        });
    return lines;
  }

  private boolean isMissingPicture(String line) {
    Matcher picture = PICTURE.matcher(line);
    return picture.find() && !Files.exists(setting.out().resolve(picture.group(1)));
  }

  private static String oneLine(String text) {
    return text.replaceAll("[\\r\\n|]+", " ");
  }

  private Map<String, Object> json() {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("date", LocalDate.now(ZoneOffset.UTC).toString());
    json.put("machine", Machine.description());
    json.put("jdks", setting.jdks().stream().map(Machine::javaVersion).toList());
    json.put("quick", setting.quick());
    json.put("seconds", seconds);
    Map<String, Object> scenarios = new LinkedHashMap<>();
    found.forEach(
        (scenario, findings) -> {
          Map<String, Object> own = new LinkedHashMap<>();
          own.put("figures", findings.figures().stream().map(Report::json).toList());
          own.put("values", findings.raw());
          scenarios.put(scenario.name(), own);
        });
    json.put("scenarios", scenarios);
    Map<String, Object> not = new LinkedHashMap<>();
    failed.forEach((scenario, why) -> not.put(scenario.name(), why));
    json.put("not_measured", not);
    return json;
  }

  static String text(Map<String, ?> json) throws IOException {
    return JSON.std
        .with(JSON.Feature.PRETTY_PRINT_OUTPUT, JSON.Feature.WRITE_NULL_PROPERTIES)
        .asString(json);
  }

  static Map<String, @Nullable Object> json(Figure figure) {
    Map<String, @Nullable Object> json = new LinkedHashMap<>();
    json.put("what", figure.what());
    json.put("figure", figure.text());
    // neither infinity nor NaN is a number there
    json.put("value", Double.isFinite(figure.value()) ? figure.value() : null);
    Figure.Target target = figure.target();
    if (target != null) {
      json.put("wanted", target.text());
      json.put("met", target.met(figure.value()));
    }
    json.put("remark", figure.remark());
    return json;
  }
}
