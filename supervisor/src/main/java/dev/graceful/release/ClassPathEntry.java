package dev.graceful.release;

import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.jar.Attributes;
import java.util.jar.Manifest;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * An entry of a manifest's Class-Path, as the JDK's class loader reads it: separated by spaces, URL
 * syntax, a folder if it ends with a slash.
 *
 * @param path what it names, absolute and normalized
 * @param highest the highest folder that the entry climbs to on its way; a copy must keep it, or
 *     the entry would name something else there
 * @param folder whether it names a folder of classes and resources
 * @param relative whether it moves with the jar; an absolute one names the same thing for a copy
 */
record ClassPathEntry(Path path, Path highest, boolean folder, boolean relative) {

  private static final Pattern SPACES = Pattern.compile(" +");
  private static final Pattern SLASH = Pattern.compile("/");

  /** The entries of that manifest that name files. */
  static List<ClassPathEntry> of(Manifest manifest, Path jar) {
    String value = manifest.getMainAttributes().getValue(Attributes.Name.CLASS_PATH);
    if (value == null) {
      return List.of();
    }
    List<ClassPathEntry> entries = new ArrayList<>();
    for (String text : SPACES.split(value.trim(), -1)) {
      ClassPathEntry entry = text.isEmpty() ? null : parse(text, folderOf(jar));
      if (entry != null) {
        entries.add(entry);
      }
    }
    return entries;
  }

  /** The folder that a file is in. */
  static Path folderOf(Path file) {
    Path parent = file.getParent();
    return parent == null ? file : parent;
  }

  private static @Nullable ClassPathEntry parse(String text, Path base) {
    String rest = text.startsWith("file:") ? text.substring("file:".length()) : text;
    if (rest.indexOf(':') >= 0) {
      return null; // other schemes are not loaded from a jar in a file
    }
    int end = indexOfAny(rest, "?#");
    boolean relative = !rest.startsWith("/");
    String last = "";
    try {
      Path path = relative ? base : Path.of("/");
      Path highest = path;
      String decoded = decode(end < 0 ? rest : rest.substring(0, end));
      for (String part : SLASH.split(decoded, -1)) {
        if (part.equals("..")) {
          path = folderOf(path);
          highest = highest.startsWith(path) ? path : highest;
        } else if (!part.isEmpty() && !part.equals(".")) {
          path = path.resolve(part);
        }
        last = part;
      }
      boolean folder = decoded.endsWith("/") || last.equals(".") || last.equals("..");
      return new ClassPathEntry(path, highest, folder, relative);
    } catch (IllegalArgumentException e) {
      return null; // the class loader skips what it cannot read
    }
  }

  private static String decode(String text) {
    return text.indexOf('%') < 0
        ? text
        : URLDecoder.decode(text.replace("+", "%2B"), StandardCharsets.UTF_8);
  }

  private static int indexOfAny(String text, String characters) {
    for (int i = 0; i < text.length(); i++) {
      if (characters.indexOf(text.charAt(i)) >= 0) {
        return i;
      }
    }
    return -1;
  }
}
