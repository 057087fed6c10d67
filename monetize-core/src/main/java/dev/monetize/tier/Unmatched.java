// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.tier;

import java.util.Locale;

/** What happens to a call that matches no pattern of any tier and none that is public. */
public enum Unmatched {
  /** It is refused: the default. */
  DENY,
  /** Every tier may call it; it counts as a call, under the label {@code unmatched}. */
  METER,
  /** It passes untouched: nobody is identified, nothing is counted. */
  PASS;

  /** As it is written in a tier file. */
  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }
}
