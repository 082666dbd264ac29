package dev.graceful.core;

import java.util.List;

/**
 * A release that has served and was not rolled back.
 *
 * @param addresses what it listened on when it last served; empty where that is not known
 */
public record Good(String release, List<Address> addresses) {
  public Good {
    addresses = List.copyOf(addresses);
  }
}
