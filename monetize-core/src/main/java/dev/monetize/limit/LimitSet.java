// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.limit;

import java.util.Arrays;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/** The limits that hold together for one caller, in a fixed order. Immutable. */
public final class LimitSet {

  private static final int MOST = 60;

  private final List<Limit> limits;
  private final Layout customer;
  private final Layout key;
  private final Slot[] slots;
  private final long shadows;
  private final int cells;

  private LimitSet(List<Limit> limits) {
    this.limits = limits;
    this.customer = Layout.of(limits, Scope.CUSTOMER);
    this.key = Layout.of(limits, Scope.KEY);
    this.slots =
        Stream.concat(customer.slots().stream(), key.slots().stream())
            .sorted(Comparator.comparingInt(slot -> slot.index))
            .toArray(Slot[]::new);
    this.shadows =
        Arrays.stream(slots)
            .filter(slot -> slot.shadow)
            .mapToLong(slot -> 1L << slot.index)
            .reduce(0, (a, b) -> a | b);
    this.cells = Slot.CELLS * slots.length + customer.windows().length + key.windows().length;
  }

  /**
   * A set of limits.
   *
   * @throws IllegalArgumentException if two share an id, there are more than 60, or a rate limit
   *     holds past a quota that is not in the set with the same scope
   */
  public static LimitSet of(List<? extends Limit> limits) {
    Set<String> ids = new HashSet<>();
    for (Limit limit : limits) {
      if (!ids.add(limit.id())) {
        throw new IllegalArgumentException("two limits share the id \"" + limit.id() + "\"");
      }
    }
    if (limits.size() > MOST) {
      throw new IllegalArgumentException("at most " + MOST + " limits, got " + limits.size());
    }
    return new LimitSet(List.copyOf(limits));
  }

  /** The limits, in order. */
  public List<Limit> limits() {
    return limits;
  }

  /** How many there are. */
  public int size() {
    return slots.length;
  }

  /** The limit at a position. */
  public Limit get(int index) {
    return limits.get(index);
  }

  /** How the limits that count the customer's use are kept. */
  Layout customer() {
    return customer;
  }

  /** How the limits that count each key's use are kept. */
  Layout key() {
    return key;
  }

  /** The place of the limit at a position. */
  Slot slot(int index) {
    return slots[index];
  }

  /** How many numbers a {@link Standing} in these limits is made of. */
  public int cells() {
    return cells;
  }

  /** The positions of limits in shadow mode, one bit each. */
  long shadows() {
    return shadows;
  }

  @Override
  public String toString() {
    return limits.toString();
  }
}
