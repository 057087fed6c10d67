// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.stripe;

import com.stripe.model.Product;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What things are called at Stripe.
 *
 * @param events event names, by meter of ours; of others they are {@code <prefix>_<meter>}
 * @param products what products are called, by tier; others are called as their tier, once
 */
record CatalogNames(LookupKeys keys, Map<String, String> events, Map<String, String> products) {

  /** Which tier file a product is of, in its metadata beside {@link LookupKeys#TIER}. */
  static final String PREFIX = "monetize_prefix";

  static final int LONGEST_FEATURE = 80;

  CatalogNames {
    events = Map.copyOf(new TreeMap<>(events));
    products = Map.copyOf(new TreeMap<>(products));
  }

  String event(String meter) {
    @Nullable String given = events.get(meter);
    return given == null ? keys.prefix() + "_" + meter : given;
  }

  String feature(String name) {
    return keys.prefix() + "." + name;
  }

  Optional<String> product(String tier) {
    return Optional.ofNullable(products.get(tier));
  }

  /** Whether a product says that it is of a tier of this file. */
  boolean marks(Product product) {
    return keys.prefix().equals(CatalogFound.says(product.getMetadata(), PREFIX));
  }

  Set<String> namedTiers() {
    return products.keySet();
  }
}
