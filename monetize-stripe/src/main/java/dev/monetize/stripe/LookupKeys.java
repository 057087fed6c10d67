// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.stripe;

import dev.monetize.tier.Tier;
import dev.monetize.tier.TierCatalog;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What prices are called at Stripe: {@code <prefix>.<tier>.base} for what a tier costs before any
 * usage, {@code <prefix>.<tier>.<meter>} for what units of a meter cost.
 *
 * @param prefix tells the prices of one tier file from all others of the same Stripe account: 1 to
 *     40 of {@code A-Z a-z 0-9 _ -}
 */
record LookupKeys(String prefix) {

  /**
   * What a price or product of a tier says in its metadata: the key of a price moves on to its
   * successor, and those who still pay the old one are known by this.
   */
  static final String TIER = "monetize_tier";

  private static final String BASE = "base";

  LookupKeys {
    if (!prefix.matches("[A-Za-z0-9_-]{1,40}")) {
      throw new IllegalArgumentException(
          "prefix must be 1 to 40 of A-Z, a-z, 0-9, _ and -, got \"" + prefix + "\"");
    }
  }

  String base(String tier) {
    return prefix + "." + tier + "." + BASE;
  }

  String meter(String tier, String meter) {
    if (meter.equals(BASE)) {
      throw new IllegalArgumentException(
          "a meter named \"base\" cannot have a price at Stripe (tier \"" + tier + "\")");
    }
    return prefix + "." + tier + "." + meter;
  }

  /** Of all that a tier costs: what is due before usage first, if it is due. */
  List<String> of(Tier tier) {
    List<String> keys = new ArrayList<>();
    if (tier.price().isPresent() && tier.price().get().amount().nanos() > 0) {
      keys.add(base(tier.name()));
    }
    tier.prices().keySet().stream().sorted().forEach(meter -> keys.add(meter(tier.name(), meter)));
    return keys;
  }

  /** The tier of a key, if it is one of a catalog. */
  Optional<String> tier(String key, TierCatalog catalog) {
    if (!key.startsWith(prefix + ".")) {
      return Optional.empty();
    }
    String rest = key.substring(prefix.length() + 1);
    int dot = rest.indexOf('.');
    return dot < 0
        ? Optional.empty()
        : Optional.of(rest.substring(0, dot)).filter(name -> catalog.tier(name).isPresent());
  }
}
