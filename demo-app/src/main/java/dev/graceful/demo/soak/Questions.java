package dev.graceful.demo.soak;

import org.jspecify.annotations.Nullable;

/**
 * What a load asks for.
 *
 * @param path asked for with GET
 * @param postPath where every third request goes, a POST with a body; null: GET only
 * @param echoes whether the answer to a POST has to be its body
 * @param fields further header lines of each request, each with its CR LF
 */
public record Questions(String path, @Nullable String postPath, boolean echoes, String fields) {

  /** GET / and POST /echo, which answers with its body. */
  public static Questions ofTheDemo() {
    return new Questions("/", "/echo", true, "");
  }

  /** GET of {@code path} only. */
  public static Questions get(String path) {
    return new Questions(path, null, false, "");
  }

  /** The same with POSTs to {@code path}, whose answers need not be their bodies. */
  public Questions andPost(String path) {
    return new Questions(this.path, path, false, fields);
  }

  /** The same with another header line in each request. */
  public Questions with(String field) {
    return new Questions(path, postPath, echoes, fields + field + "\r\n");
  }
}
