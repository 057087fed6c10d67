// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.price;

import java.util.Currency;
import java.util.List;
import java.util.Objects;

/** What units of a meter cost. Rated by {@link Rating}. */
public sealed interface Price {

  /** The currency it is in. */
  Currency currency();

  /** Each unit costs the same. */
  static Price perUnit(Money each) {
    return new PerUnit(each);
  }

  /** Each second costs the same, on a meter that counts milliseconds. */
  static Price perSecond(Money each) {
    return new PerSecond(each, 1000);
  }

  /** So many units are sold together; what is begun is paid for as a whole. */
  static Price perPackage(Money each, long size) {
    return new PerPackage(each, size);
  }

  /** Units cost what the band says that they fall into. */
  static Price graduated(Band... bands) {
    return new Tiered(Tiered.Mode.GRADUATED, List.of(bands));
  }

  /** All units cost what the band says that the last of them falls into. */
  static Price volume(Band... bands) {
    return new Tiered(Tiered.Mode.VOLUME, List.of(bands));
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

    @Override
    public Currency currency() {
      return each.currency();
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

    @Override
    public Currency currency() {
      return each.currency();
    }
  }

  /**
   * Units are sold in packages: of 1,000 at $10, the first unit costs $10, and so does the 1,001st.
   *
   * @param each what a package costs, not negative
   * @param size units in a package, at least 1
   */
  record PerPackage(Money each, long size) implements Price {

    public PerPackage {
      requireNotNegative(each);
      if (size < 1) {
        throw new IllegalArgumentException("package must be of at least 1 unit, got " + size);
      }
    }

    @Override
    public Currency currency() {
      return each.currency();
    }
  }

  /**
   * Units cost what bands say, the first of which begins with the first unit.
   *
   * @param bands by {@link Band#upTo}, which grows; the last is up to {@link Band#NO_END}; all in
   *     one currency
   */
  record Tiered(Mode mode, List<Band> bands) implements Price {

    /** Which band a unit is paid by. */
    public enum Mode {
      /** The one it falls into. */
      GRADUATED,
      /** The one that the last unit falls into. */
      VOLUME
    }

    public Tiered {
      Objects.requireNonNull(mode, "mode");
      bands = List.copyOf(bands);
      long before = 0;
      for (Band band : bands) {
        if (band.upTo() <= before) {
          throw new IllegalArgumentException(
              "a band must end after the one before, at " + before + ", got " + band.upTo());
        }
        if (!band.each().currency().equals(bands.get(0).each().currency())) {
          throw new IllegalArgumentException("bands must be in one currency, got " + bands);
        }
        before = band.upTo();
      }
      if (before != Band.NO_END) {
        throw new IllegalArgumentException("the last band must have no end, got " + bands);
      }
    }

    @Override
    public Currency currency() {
      return bands.get(0).each().currency();
    }
  }

  /**
   * Units of a {@link Tiered} price.
   *
   * @param upTo the last unit in it, or {@link #NO_END}
   * @param each what a unit costs, not negative
   * @param flat what is paid once, as soon as a unit is paid by this band; not negative
   */
  record Band(long upTo, Money each, Money flat) {

    /** {@code upTo} of the last band. */
    public static final long NO_END = Long.MAX_VALUE;

    public Band {
      requireNotNegative(each);
      requireNotNegative(flat);
      if (!each.currency().equals(flat.currency())) {
        throw new IllegalArgumentException("cannot add " + flat + " to " + each);
      }
    }

    /** A band without a flat amount. */
    public static Band of(long upTo, Money each) {
      return new Band(upTo, each, Money.zero(each.currency()));
    }
  }

  /**
   * The first units are included, those beyond have a price. Holds for each window of the quota
   * that includes them, so usage of two windows is rated twice and not as one sum.
   *
   * @param included units that cost nothing more, at least 0
   * @param overage price of those beyond, counted from the first of them
   */
  record IncludedThenOverage(long included, Price overage) implements Price {

    public IncludedThenOverage {
      Objects.requireNonNull(overage, "overage");
      if (included < 0) {
        throw new IllegalArgumentException("included must not be negative, got " + included);
      }
      if (overage instanceof IncludedThenOverage) {
        throw new IllegalArgumentException("overage must include no units itself, got " + overage);
      }
    }

    @Override
    public Currency currency() {
      return overage.currency();
    }
  }

  private static void requireNotNegative(Money amount) {
    if (Objects.requireNonNull(amount, "amount").nanos() < 0) {
      throw new IllegalArgumentException("price must not be negative, got " + amount);
    }
  }
}
