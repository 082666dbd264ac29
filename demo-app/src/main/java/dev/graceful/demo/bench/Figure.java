package dev.graceful.demo.bench;

import org.jspecify.annotations.Nullable;

/**
 * One line of the report's first table.
 *
 * @param what was measured
 * @param text the figure, with its unit and its spread
 * @param value the bare figure
 * @param target what is wanted of it; null: nothing, it is told as it is
 * @param remark what a reader should know; may be empty
 */
record Figure(String what, String text, double value, @Nullable Target target, String remark) {

  /** A bound. */
  record Target(double bound, boolean most, String text) {
    static Target most(double bound, String text) {
      return new Target(bound, true, "at most " + text);
    }

    static Target least(double bound, String text) {
      return new Target(bound, false, "at least " + text);
    }

    boolean met(double value) {
      return most ? value <= bound : value >= bound;
    }
  }

  static Figure of(String what, String text, double value, Target target, String remark) {
    return new Figure(what, text, value, target, remark);
  }

  static Figure told(String what, String text, double value, String remark) {
    return new Figure(what, text, value, null, remark);
  }

  boolean missed() {
    return target != null && !target.met(value);
  }

  /** Whether the target is met, and by how much it is not. */
  String outcome() {
    if (target == null) {
      return "";
    }
    if (target.met(value)) {
      return "met";
    }
    if (target.bound() == 0) {
      return "**missed** by " + Stats.number(value);
    }
    return "**missed** by "
        + Stats.number(100 * Math.abs(value - target.bound()) / target.bound())
        + " %";
  }
}
