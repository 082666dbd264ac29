package dev.graceful.config;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Options as people write them, into values. What makes no sense throws {@link
 * IllegalArgumentException} with one line that says why and what to write instead.
 */
public final class OptionText {
  private static final Pattern DURATION = Pattern.compile("(-?)(\\d{1,12})(ms|s|m|h|)");
  private static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,63}");
  private static final Pattern TARGET = Pattern.compile("(?::(\\d{1,5}))?(/\\S*)");
  private static final Pattern ADDRESS =
      Pattern.compile("(?:(?:\\[([^\\]]+)\\]|([^:\\[\\]]*)):)?(\\d{1,5})");
  private static final Duration LONGEST = Duration.ofDays(365);

  private OptionText() {}

  /** {@code 500ms}, {@code 10s}, {@code 2m}, {@code 1h}; also {@code 0} and negative ones. */
  public static Duration duration(String text) {
    Matcher match = DURATION.matcher(text);
    if (!match.matches()) {
      throw new IllegalArgumentException(
          "'" + text + "' is not a duration; write it as 500ms, 10s, 2m or 1h");
    }
    boolean negative = !match.group(1).isEmpty();
    long amount = Long.parseLong(match.group(2));
    String unit = match.group(3);
    if (unit.isEmpty() && amount != 0 && !negative) {
      throw new IllegalArgumentException(
          "'" + text + "' has no unit; write it as " + text + "s or " + text + "ms");
    }
    Duration value =
        switch (unit) {
          case "ms" -> Duration.ofMillis(amount);
          case "m" -> Duration.ofSeconds(Math.multiplyExact(amount, 60L));
          case "h" -> Duration.ofSeconds(Math.multiplyExact(amount, 3600L));
          default -> Duration.ofSeconds(amount);
        };
    if (value.compareTo(LONGEST) > 0) {
      throw new IllegalArgumentException("'" + text + "' is longer than a year; write less");
    }
    return negative ? value.negated() : value;
  }

  /** A name that is fit for a file name and for a command line. */
  public static String name(String text) {
    if (!NAME.matcher(text).matches()) {
      throw new IllegalArgumentException(
          "'"
              + text
              + "' cannot be a name; use up to 64 letters, digits, dots, dashes and underscores,"
              + " a letter or digit first");
    }
    return text;
  }

  /** The jar's file name without {@code .jar}; what cannot be in a name becomes a dash. */
  public static String nameOf(Path jar) {
    Path fileName = jar.getFileName();
    String text = fileName == null ? "" : fileName.toString();
    if (text.endsWith(".jar") && text.length() > 4) {
      text = text.substring(0, text.length() - 4);
    }
    text = text.replaceAll("[^A-Za-z0-9._-]", "-").replaceAll("^[^A-Za-z0-9]+", "");
    if (text.isEmpty()) {
      throw new IllegalArgumentException(
          "'" + jar + "' gives no name for the instance; choose one with --name");
    }
    return text.length() > 64 ? text.substring(0, 64) : text;
  }

  /** {@code /path} or {@code :port/path}, for probes and warm-up. */
  public static String target(String text) {
    Matcher match = TARGET.matcher(text);
    if (!match.matches()) {
      throw new IllegalArgumentException(
          "'" + text + "' is not a path; write it as /health or :8080/health");
    }
    if (match.group(1) != null) {
      port(match.group(1));
    }
    return text;
  }

  /** {@code 8080}, {@code :8080}, {@code host:8080}, {@code [::1]:8080}. */
  public static InetSocketAddress address(String text) {
    Matcher match = ADDRESS.matcher(text);
    if (!match.matches()) {
      throw new IllegalArgumentException(
          "'" + text + "' is not an address; write it as 8080, 127.0.0.1:8080 or [::1]:8080");
    }
    int port = port(match.group(3));
    String host = match.group(1) != null ? match.group(1) : match.group(2);
    if (host == null || host.isEmpty() || host.equals("*")) {
      return new InetSocketAddress(port);
    }
    try {
      return new InetSocketAddress(InetAddress.getByName(host), port);
    } catch (UnknownHostException e) {
      throw new IllegalArgumentException(
          "host '" + host + "' is not known here; use an address of this machine", e);
    }
  }

  /** The java binary that a home folder or a binary's path names. */
  public static Path java(Path homeOrBinary) {
    Path path = homeOrBinary.toAbsolutePath().normalize();
    if (!Files.exists(path)) {
      throw new IllegalArgumentException(
          "there is no JVM at " + path + "; give --java a JDK's folder or its bin/java");
    }
    Path binary = Files.isDirectory(path) ? path.resolve("bin").resolve("java") : path;
    if (!Files.isRegularFile(binary) || !Files.isExecutable(binary)) {
      throw new IllegalArgumentException(
          binary + " is not an executable; give --java a JDK's folder or its bin/java");
    }
    return binary;
  }

  private static int port(String digits) {
    int port = Integer.parseInt(digits);
    if (port < 1 || port > 65535) {
      throw new IllegalArgumentException("port " + port + " does not exist; use 1 to 65535");
    }
    return port;
  }
}
