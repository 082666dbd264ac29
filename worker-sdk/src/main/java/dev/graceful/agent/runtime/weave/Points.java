package dev.graceful.agent.runtime.weave;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** What is woven together: all of it or, where this JDK lacks something, nothing. */
public record Points(List<HookPoint> sites, List<BodyPoint> bodies) {
  public static final Points NONE = new Points(List.of(), List.of());

  public Points {
    sites = List.copyOf(sites);
    bodies = List.copyOf(bodies);
  }

  /** Tells the points when somebody has to know them. */
  public interface Source {
    Points points();
  }

  /** These and those. */
  public Points and(Points others) {
    List<HookPoint> allSites = new ArrayList<>(sites);
    allSites.addAll(others.sites);
    List<BodyPoint> allBodies = new ArrayList<>(bodies);
    allBodies.addAll(others.bodies);
    return new Points(allSites, allBodies);
  }

  List<HookCall> calls() {
    List<HookCall> calls = new ArrayList<>();
    for (HookPoint site : sites) {
      calls.addAll(site.calls());
    }
    for (BodyPoint body : bodies) {
      calls.addAll(body.calls());
    }
    return calls;
  }

  /** The classes that change, by internal name; some may not exist in this JDK. */
  Set<String> classes() {
    Set<String> names = new LinkedHashSet<>();
    for (HookPoint site : sites) {
      names.addAll(site.callers());
    }
    for (BodyPoint body : bodies) {
      for (HookPoint.Method place : body.places()) {
        names.add(place.owner());
      }
    }
    return names;
  }

  /** What must be found for the points to be complete. */
  Set<String> needs() {
    Set<String> needs = new LinkedHashSet<>();
    for (HookPoint site : sites) {
      for (String caller : site.callers()) {
        needs.add(need(site, caller));
      }
    }
    for (BodyPoint body : bodies) {
      needs.add(body.need());
    }
    return needs;
  }

  static String need(HookPoint site, String caller) {
    return site.callee().owner() + "." + site.callee().name() + " in " + caller;
  }
}
