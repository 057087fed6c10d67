// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.stripe;

import com.stripe.model.Price;
import com.stripe.model.Product;
import dev.monetize.stripe.CatalogWish.ProductWish;
import java.util.LinkedHashMap;
import java.util.Map;

/** Which products at Stripe are a tier's. */
final class CatalogProducts {

  private CatalogProducts() {}

  /**
   * Those that say that they are of this tier and tier file, and those that say that they are of
   * the tier and have a price with a lookup key of it: made by hand, and taken over.
   */
  static Map<String, Product> of(ProductWish wish, CatalogNames names, CatalogFound found) {
    Map<String, Product> products = new LinkedHashMap<>();
    for (Product product : found.products().values()) {
      if (says(product, wish.tier()) && names.marks(product)) {
        products.put(product.getId(), product);
      }
    }
    for (String key : wish.prices().keySet()) {
      Price price = found.prices().get(key);
      Product product = price == null ? null : found.products().get(price.getProduct());
      if (product != null
          && says(product, wish.tier())
          && CatalogFound.says(product.getMetadata(), CatalogNames.PREFIX) == null) {
        products.put(product.getId(), product);
      }
    }
    return products;
  }

  private static boolean says(Product product, String tier) {
    return tier.equals(CatalogFound.says(product.getMetadata(), LookupKeys.TIER));
  }
}
