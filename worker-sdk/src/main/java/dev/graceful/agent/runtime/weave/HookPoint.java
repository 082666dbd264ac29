package dev.graceful.agent.runtime.weave;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A method of the JDK whose calls, from certain classes, go through a hook. Names of classes are
 * internal ones ({@code sun/nio/ch/Net}).
 *
 * @param hook the name of the hook: a public method of {@code target}, and unique among all points
 * @param target the class whose instance carries the hook
 * @param effect how hook and original call go together; it decides what the hook returns
 * @param callers the classes whose calls are hooked; each of them must contain such a call
 * @param callee the method that they call
 * @param flag a boolean instance field of the caller that the hook gets as its last argument
 */
public record HookPoint(
    String hook,
    Class<?> target,
    Effect effect,
    List<String> callers,
    Method callee,
    @Nullable String flag) {

  /** The answer of a hook that returns an int and has none. */
  public static final int NOT_ANSWERED = Integer.MIN_VALUE;

  public HookPoint {
    callers = List.copyOf(callers);
  }

  /** A method that is called; {@code descriptor} as in a class file. */
  public record Method(String owner, String name, String descriptor, boolean isStatic) {}

  /** How the hook and the original call go together. */
  public enum Effect {
    /** The hook returns nothing; the original call follows. */
    FIRST,
    /** The hook returns a boolean: true, and the original call, which returns nothing, is left. */
    UNLESS_DONE,
    /**
     * The hook returns what the original call would, an object or an int; null or {@link
     * #NOT_ANSWERED} to have it made.
     */
    UNLESS_ANSWERED,
    /**
     * The hook returns any object or null; the original call follows; then {@link #after} is told:
     * that object, the call's result, its arguments.
     */
    AROUND,
    /**
     * As {@link #UNLESS_ANSWERED}, and when the original call has been made, {@link #after} is told
     * its result and its arguments.
     */
    UNLESS_ANSWERED_THEN
  }

  /** The name of the hook that is told of the result. */
  static String after(String hook) {
    return hook + "Done";
  }

  /** The methods of the target that this point calls. */
  List<HookCall> calls() {
    HookCall first = new HookCall(hook, hookDescriptor(), target);
    if (effect != Effect.AROUND && effect != Effect.UNLESS_ANSWERED_THEN) {
      return List.of(first);
    }
    return List.of(first, new HookCall(after(hook), afterDescriptor(), target));
  }

  /** The descriptor of the hook that is told of the result. */
  String afterDescriptor() {
    String token = effect == Effect.AROUND ? "Ljava/lang/Object;" : "";
    return "(" + token + result() + arguments() + ")V";
  }

  /** The descriptor of the hook itself: the call's arguments without receiver, and the flag. */
  String hookDescriptor() {
    String result =
        switch (effect) {
          case FIRST -> "V";
          case UNLESS_DONE -> "Z";
          case UNLESS_ANSWERED, UNLESS_ANSWERED_THEN -> result();
          case AROUND -> "Ljava/lang/Object;";
        };
    return "(" + arguments() + ")" + result;
  }

  /** The descriptor of the static method that stands in for the call: receiver, arguments, flag. */
  String standInDescriptor() {
    String receiver = callee.isStatic() ? "" : "L" + callee.owner() + ";";
    return "(" + receiver + arguments() + ")" + result();
  }

  private String arguments() {
    String descriptor = callee.descriptor();
    return descriptor.substring(1, descriptor.indexOf(')')) + (flag == null ? "" : "Z");
  }

  private String result() {
    return callee.descriptor().substring(callee.descriptor().indexOf(')') + 1);
  }
}
