package dev.graceful.e2e.app;

/** A class that is not loaded before somebody asks for it: its jar must still be there then. */
final class Lazy {
  private Lazy() {}

  static String say() {
    return "loaded late";
  }
}
