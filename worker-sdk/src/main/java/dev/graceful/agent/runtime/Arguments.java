package dev.graceful.agent.runtime;

/**
 * What the supervisor tells the agent on the command line: {@code
 * socket=PATH;generation=N;native=PATH;kept=PATH;first=N;connections=MODE}. Values never contain a
 * semicolon.
 *
 * @param socket the supervisor's socket for workers
 * @param generation the number of this launch
 * @param nativeLibrary the file of jffi's native part
 * @param first how many elements at the end of the class path are to come first; 0: it is in order
 * @param kept the file that keeps what this start makes for later ones; empty: none does
 * @param moving whether live connections pass to the next worker; false if they are to drain
 */
record Arguments(
    String socket, int generation, String nativeLibrary, int first, String kept, boolean moving) {
  static Arguments parse(String text) {
    String socket = "";
    String nativeLibrary = "";
    String kept = "";
    int generation = -1;
    int first = 0;
    boolean moving = true;
    int at = 0;
    while (at < text.length()) {
      int end = text.indexOf(';', at);
      String pair = text.substring(at, end < 0 ? text.length() : end);
      at += pair.length() + 1;
      int equals = pair.indexOf('=');
      String value = pair.substring(equals + 1);
      switch (equals < 0 ? "" : pair.substring(0, equals)) {
        case "socket" -> socket = value;
        case "generation" -> generation = Integer.parseInt(value);
        case "connections" -> moving = !value.equals("drain");
        case "first" -> first = Integer.parseInt(value);
        case "kept" -> kept = value;
        case "native" -> nativeLibrary = value;
        default -> {
          // a later supervisor may say more
        }
      }
    }
    if (socket.isEmpty() || nativeLibrary.isEmpty() || generation < 0) {
      throw new IllegalArgumentException(
          "agent arguments '" + text + "' lack socket, generation or native");
    }
    return new Arguments(socket, generation, nativeLibrary, first, kept, moving);
  }
}
