// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.price;

import java.util.Objects;

/** What units of a meter cost. Rated by {@link Rating}. */
public sealed interface Price {

  /** What one unit, or one second, costs once it is paid for; tells the currency. */
  Money each();

  /** Each unit costs the same. */
  static Price perUnit(Money each) {
    return new PerUnit(each);
  }

  /** Each second costs the same, on a meter that counts milliseconds. */
  static Price perSecond(Money each) {
    return new PerSecond(each, 1000);
  }

  /**
   * Each unit costs the same.
   *
   * @param each not negative
   */
  record PerUnit(Money each) implements Price {

    public PerUnit {
      requireNotNegative(each);
    }
  }

  /**
   * Each second costs the same; the meter counts a fraction of seconds.
   *
   * @param each not negative
   * @param unitsPerSecond units of the meter that make a second; 1000 for a meter in milliseconds
   */
  record PerSecond(Money each, long unitsPerSecond) implements Price {

    public PerSecond {
      requireNotNegative(each);
      if (unitsPerSecond < 1) {
        throw new IllegalArgumentException(
            "unitsPerSecond must be at least 1, got " + unitsPerSecond);
      }
    }
  }

  /**
   * The first units are included, those beyond have a price. Holds for each window of the quota
   * that includes them, so usage of two windows is rated twice and not as one sum.
   *
   * @param included units that cost nothing more, at least 0
   * @param overage price of those beyond; per unit or per second
   */
  record IncludedThenOverage(long included, Price overage) implements Price {

    public IncludedThenOverage {
      Objects.requireNonNull(overage, "overage");
      if (included < 0) {
        throw new IllegalArgumentException("included must not be negative, got " + included);
      }
      if (overage instanceof IncludedThenOverage) {
        throw new IllegalArgumentException(
            "overage must be per unit or per second, got " + overage);
      }
    }

    @Override
    public Money each() {
      return overage.each();
    }
  }

  private static void requireNotNegative(Money each) {
    if (Objects.requireNonNull(each, "each").nanos() < 0) {
      throw new IllegalArgumentException("price must not be negative, got " + each);
    }
  }
}
