// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.stripe;

import dev.monetize.price.Price.Tiered.Mode;
import dev.monetize.stripe.StripePrice.Band;
import dev.monetize.stripe.StripePrice.Banded;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;

/** What is included, and what lies past a cap, as bands that cost nothing. */
final class BandCuts {

  private BandCuts() {}

  /**
   * Graduated bands that begin after what is included, and end at a cap.
   *
   * @param included units before the first band
   * @param cap the last unit that is paid, those included among them
   */
  static List<Band> cut(List<Band> bands, long included, OptionalLong cap) {
    List<Band> cut = new ArrayList<>();
    if (included > 0) {
      cut.add(free(OptionalLong.of(included)));
    }
    long most = cap.orElse(Long.MAX_VALUE);
    long from = included;
    for (Band band : bands) {
      long to =
          band.upTo().isPresent()
              ? Math.addExact(band.upTo().getAsLong(), included)
              : Long.MAX_VALUE;
      if (from < most) {
        long end = Math.min(to, most);
        OptionalLong upTo = end == Long.MAX_VALUE ? OptionalLong.empty() : OptionalLong.of(end);
        add(cut, new Band(upTo, band.each(), band.flat()));
      }
      from = to;
    }
    if (cap.isPresent()) {
      add(cut, free(OptionalLong.empty()));
    }
    return cut;
  }

  private static Band free(OptionalLong upTo) {
    return new Band(upTo, BigDecimal.ZERO, BigDecimal.ZERO);
  }

  /** Adds a band, or lengthens the last where nothing becomes different with this one. */
  private static void add(List<Band> bands, Band next) {
    int last = bands.size() - 1;
    if (last >= 0
        && next.flat().signum() == 0
        && bands.get(last).each().compareTo(next.each()) == 0) {
      Band longer = new Band(next.upTo(), next.each(), bands.get(last).flat());
      bands.set(last, longer);
    } else {
      bands.add(next);
    }
  }

  /**
   * By how many minor units the sum of what bands come to, each rounded, can differ from their sum,
   * rounded once. None where all but one of them are whole.
   */
  static int mostApart(Banded banded) {
    int rounded = 0;
    long from = 0;
    for (Band band : banded.bands()) {
      boolean last = band.upTo().isEmpty();
      BigDecimal full =
          last ? BigDecimal.ZERO : band.each().multiply(BigDecimal.valueOf(width(band, from)));
      boolean counted = !last && banded.mode() == Mode.GRADUATED;
      rounded += counted && isBroken(full) ? 1 : 0;
      rounded += isBroken(band.flat()) ? 1 : 0;
      from = band.upTo().orElse(Long.MAX_VALUE);
    }
    rounded = banded.mode() == Mode.VOLUME ? Math.min(rounded, 1) : rounded;
    return rounded == 0 ? 0 : (rounded + 2) / 2; // with that of the last units, and of the sum
  }

  private static long width(Band band, long from) {
    return band.upTo().orElse(Long.MAX_VALUE) - from;
  }

  private static boolean isBroken(BigDecimal amount) {
    return amount.stripTrailingZeros().scale() > 0;
  }
}
