// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.stripe;

import dev.monetize.stripe.StripePrice.Band;
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

  /** Adds a band, or lengthens the last where both cost nothing: others are rounded apart. */
  private static void add(List<Band> bands, Band next) {
    int last = bands.size() - 1;
    if (last >= 0 && isFree(next) && isFree(bands.get(last))) {
      bands.set(last, next);
    } else {
      bands.add(next);
    }
  }

  private static boolean isFree(Band band) {
    return band.each().signum() == 0 && band.flat().signum() == 0;
  }
}
