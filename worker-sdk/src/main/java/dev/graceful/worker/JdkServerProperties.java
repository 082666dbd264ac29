package dev.graceful.worker;

/**
 * Settings of the JDK's HTTP server that are system properties, read once per JVM when its first
 * server is made (sun.net.httpserver.ServerConfig, the same names on 17 to 25). What a user has set
 * stays.
 */
final class JdkServerProperties {
  private static final String NO_DELAY = "sun.net.httpserver.nodelay";
  private static final String MAX_IDLE = "sun.net.httpserver.maxIdleConnections";
  private static final String MAX_HEADER = "sun.net.httpserver.maxReqHeaderSize";
  private static final int DEFAULT_MAX_HEADER = 380 * 1024;

  private JdkServerProperties() {}

  static void prepare(int maxHeaderBytes) {
    try {
      // else each answer on a kept connection waits 40 ms (Nagle's algorithm, delayed ACK)
      setDefault(NO_DELAY, "true");
      // else the 201st idle connection is closed after its answer, without notice to its client
      setDefault(MAX_IDLE, "10000");
      if (maxHeaderBytes > DEFAULT_MAX_HEADER) {
        // the JDK adds 32 bytes for each field to its count; 0 and less would mean no limit
        setDefault(MAX_HEADER, Long.toString(Math.min(Integer.MAX_VALUE, 2L * maxHeaderBytes)));
      }
    } catch (SecurityException e) {
      // the server works without
    }
  }

  private static void setDefault(String name, String value) {
    if (System.getProperty(name) == null) {
      System.setProperty(name, value);
    }
  }
}
