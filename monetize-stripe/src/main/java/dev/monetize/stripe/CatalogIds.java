// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.stripe;

import com.stripe.model.Product;
import com.stripe.model.billing.Meter;
import com.stripe.model.entitlements.Feature;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Stripe's ids of what is there, and of what is made meanwhile. Not thread-safe. */
final class CatalogIds {

  private final Map<String, String> meters = new HashMap<>();
  private final Map<String, String> features = new HashMap<>();
  private final Map<String, String> products = new HashMap<>();

  CatalogIds(CatalogWish wish, CatalogFound found) {
    for (String eventName : wish.meters().values()) {
      @Nullable Meter meter = found.meter(eventName);
      if (meter != null) {
        meters.put(eventName, meter.getId());
      }
    }
    for (Map.Entry<String, Feature> feature : found.features().entrySet()) {
      features.put(feature.getKey(), feature.getValue().getId());
    }
    for (CatalogWish.ProductWish product : wish.products().values()) {
      for (Product each : CatalogProducts.of(product, wish.names(), found).values()) {
        products.put(product.tier(), each.getId());
      }
    }
  }

  void meter(String eventName, String id) {
    meters.put(eventName, id);
  }

  void feature(String lookupKey, String id) {
    features.put(lookupKey, id);
  }

  void product(String tier, String id) {
    products.put(tier, id);
  }

  String meter(String eventName) {
    return Objects.requireNonNull(meters.get(eventName), eventName);
  }

  String feature(String lookupKey) {
    return Objects.requireNonNull(features.get(lookupKey), lookupKey);
  }

  String product(String tier) {
    return Objects.requireNonNull(products.get(tier), tier);
  }
}
