// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.stripe;

import com.stripe.StripeClient;
import com.stripe.exception.StripeException;
import com.stripe.model.Price;
import com.stripe.param.PriceListParams;
import dev.monetize.tier.Tier;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The prices of a tier at Stripe, found by what they are called. Thread-safe. */
final class TierPrices {

  /** Stripe takes ten keys at once. */
  private static final int MOST_KEYS = 10;

  private final StripeClient stripe;
  private final LookupKeys keys;

  TierPrices(StripeClient stripe, LookupKeys keys) {
    this.stripe = stripe;
    this.keys = keys;
  }

  /**
   * All of them, what is due before usage first.
   *
   * @throws IllegalStateException if one is not there, or the tier has none
   */
  List<Price> of(Tier tier) throws StripeException {
    List<String> wanted = keys.of(tier);
    if (wanted.isEmpty()) {
      throw new IllegalStateException(
          "tier \"" + tier.name() + "\" costs nothing: there is nothing to subscribe to at Stripe");
    }
    Map<String, Price> found = new LinkedHashMap<>();
    for (int from = 0; from < wanted.size(); from += MOST_KEYS) {
      find(wanted.subList(from, Math.min(wanted.size(), from + MOST_KEYS)), found);
    }
    List<String> missing = wanted.stream().filter(key -> !found.containsKey(key)).toList();
    if (!missing.isEmpty()) {
      throw new IllegalStateException(
          "tier \"%s\" has no active price at Stripe with lookup key %s: apply the tier file there first (StripeCatalog)"
              .formatted(tier.name(), missing));
    }
    List<Price> prices = new ArrayList<>();
    wanted.forEach(key -> prices.add(found.get(key)));
    return prices;
  }

  private void find(List<String> wanted, Map<String, Price> found) throws StripeException {
    PriceListParams named =
        PriceListParams.builder()
            .setActive(true)
            .addAllLookupKey(wanted)
            .setLimit((long) MOST_KEYS)
            .build();
    for (Price price : stripe.v1().prices().list(named).autoPagingIterable()) {
      found.put(price.getLookupKey(), price);
    }
  }

  /** Whether it is billed by usage: its items take no quantity. */
  static boolean isMetered(Price price) {
    return price.getRecurring() != null && "metered".equals(price.getRecurring().getUsageType());
  }
}
