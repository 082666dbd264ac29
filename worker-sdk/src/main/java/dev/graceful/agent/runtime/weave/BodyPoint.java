package dev.graceful.agent.runtime.weave;

import java.util.ArrayList;
import java.util.List;

/**
 * A method of the JDK whose body gets hooks where it is entered and where it returns, not where it
 * throws.
 *
 * @param hook the name of the hook at the entry, a public method of {@code target}; that at the
 *     return has {@code Done} behind it
 * @param target the class whose instance carries the hooks
 * @param moments which of the two there are
 * @param places the method, as different JDKs have it, all of one descriptor
 * @param need what the point is for: of all points with the same need, one place must exist
 */
public record BodyPoint(
    String hook, Class<?> target, Moments moments, List<HookPoint.Method> places, String need) {

  public BodyPoint {
    places = List.copyOf(places);
  }

  /** Where the hooks are. */
  public enum Moments {
    /** One that gets the arguments and returns nothing. */
    ENTRY,
    /** One that gets the result, which must not be void, and the arguments. */
    RETURN,
    /**
     * At the entry, one that returns any object or null; at the return, one that gets this object,
     * the result, the arguments. For bodies without branches only.
     */
    BOTH
  }

  List<HookCall> calls() {
    List<HookCall> calls = new ArrayList<>();
    if (moments != Moments.RETURN) {
      calls.add(new HookCall(hook, entryDescriptor(), target));
    }
    if (moments != Moments.ENTRY) {
      calls.add(new HookCall(HookPoint.after(hook), returnDescriptor(), target));
    }
    return calls;
  }

  String entryDescriptor() {
    return "(" + arguments() + ")" + (moments == Moments.BOTH ? "Ljava/lang/Object;" : "V");
  }

  String returnDescriptor() {
    String token = moments == Moments.BOTH ? "Ljava/lang/Object;" : "";
    String descriptor = places.get(0).descriptor();
    String result = descriptor.substring(descriptor.indexOf(')') + 1);
    return "(" + token + result + arguments() + ")V";
  }

  private String arguments() {
    String descriptor = places.get(0).descriptor();
    return descriptor.substring(1, descriptor.indexOf(')'));
  }
}
