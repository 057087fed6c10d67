// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.stripe;

import com.stripe.model.Price;
import com.stripe.model.Product;
import com.stripe.model.billing.Meter;
import com.stripe.model.entitlements.Feature;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What Stripe has of what tiers wish for.
 *
 * @param meters all of the account
 * @param features by lookup key
 * @param products all of the account by id
 * @param prices by lookup key
 * @param attached lookup keys of features by id of the product
 */
record CatalogFound(
    List<Meter> meters,
    Map<String, Feature> features,
    Map<String, Product> products,
    Map<String, Price> prices,
    Map<String, Set<String>> attached) {

  /** The meter that counts an event: one that is not active, only where none is. */
  @Nullable Meter meter(String eventName) {
    Meter found = null;
    for (Meter meter : meters) {
      if (meter.getEventName().equals(eventName) && (found == null || isActive(meter))) {
        found = meter;
      }
    }
    return found;
  }

  static boolean isActive(Meter meter) {
    return "active".equals(meter.getStatus());
  }

  /** The event name of a meter, or null. */
  @Nullable String eventName(@Nullable String meter) {
    return meters.stream()
        .filter(each -> each.getId().equals(meter))
        .map(Meter::getEventName)
        .findFirst()
        .orElse(null);
  }

  /** What a product says of itself; null where it does not. */
  static @Nullable String says(@Nullable Map<String, String> metadata, String key) {
    return metadata == null ? null : metadata.get(key);
  }
}
