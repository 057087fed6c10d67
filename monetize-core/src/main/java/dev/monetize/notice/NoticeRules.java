// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.notice;

import java.util.List;

/**
 * What is noticed.
 *
 * @param percents of a quota's included units, or of a spend cap: 1 to 1000, ascending, at most 16
 * @param days before a key expires: 1 to 365, descending; at its expiry it is told in any case
 */
public record NoticeRules(List<Integer> percents, List<Integer> days) {

  /** 80, 100 and 120 %; 14, 3 and 1 days. */
  public static final NoticeRules DEFAULT =
      new NoticeRules(List.of(80, 100, 120), List.of(14, 3, 1));

  private static final int MOST = 16;

  public NoticeRules {
    percents = List.copyOf(percents);
    days = List.copyOf(days);
    check("percents", percents, 1000, 1);
    check("days", days, 365, -1);
  }

  private static void check(String name, List<Integer> values, int most, int direction) {
    for (int i = 0; i < values.size(); i++) {
      int value = values.get(i);
      boolean ordered = i == 0 || (value - values.get(i - 1)) * direction > 0;
      if (values.size() > MOST || value < 1 || value > most || !ordered) {
        throw new IllegalArgumentException(
            "%s must be at most %d numbers from 1 to %d, %s, got %s"
                .formatted(name, MOST, most, direction > 0 ? "ascending" : "descending", values));
      }
    }
  }

  /**
   * Which percents have been reached: bit i for the i-th. None of a whole of 0. Allocates nothing.
   */
  int reached(long used, long whole) {
    int mask = 0;
    if (whole > 0) {
      for (int i = 0; i < percents.size() && used >= part(whole, percents.get(i)); i++) {
        mask |= 1 << i;
      }
    }
    return mask;
  }

  /** So many percent, rounded up. */
  private static long part(long whole, int percent) {
    long hundredths = whole / 100;
    return hundredths > (Long.MAX_VALUE - 1000) / percent
        ? Long.MAX_VALUE
        : hundredths * percent + (whole % 100 * percent + 99) / 100;
  }
}
