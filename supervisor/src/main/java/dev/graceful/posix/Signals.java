package dev.graceful.posix;

/** Numbers and names of signals, as signal(7) has them for x86-64 and aarch64. */
public final class Signals {
  public static final int TERM = 15;
  public static final int KILL = 9;

  private static final String[] NAMES = {
    "", "HUP", "INT", "QUIT", "ILL", "TRAP", "ABRT", "BUS", "FPE", "KILL", "USR1", "SEGV", "USR2",
    "PIPE", "ALRM", "TERM", "STKFLT", "CHLD", "CONT", "STOP", "TSTP", "TTIN", "TTOU", "URG", "XCPU",
    "XFSZ", "VTALRM", "PROF", "WINCH", "IO", "PWR", "SYS"
  };

  private Signals() {}

  /** "9 (KILL)", or the number alone where it has no name. */
  static String describe(int signal) {
    return signal > 0 && signal < NAMES.length ? signal + " (" + NAMES[signal] + ")" : "" + signal;
  }
}
