// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.limit;

import java.util.List;

/** The limits that hold together for one caller, in a fixed order. Immutable. */
public final class LimitSet {

  private static final int MOST = 60;

  private final List<Limit> limits;

  private LimitSet(List<Limit> limits) {
    this.limits = limits;
  }

  /**
   * A set of limits.
   *
   * @throws IllegalArgumentException if two share an id, or there are more than 60
   */
  public static LimitSet of(List<? extends Limit> limits) {
    long ids = limits.stream().map(Limit::id).distinct().count();
    if (ids != limits.size()) {
      throw new IllegalArgumentException("two limits share an id: " + limits);
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
    return limits.size();
  }

  /** The limit at a position. */
  public Limit get(int index) {
    return limits.get(index);
  }

  @Override
  public String toString() {
    return limits.toString();
  }
}
