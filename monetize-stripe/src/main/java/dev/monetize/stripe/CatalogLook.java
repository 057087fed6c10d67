// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.stripe;

import com.stripe.StripeClient;
import com.stripe.exception.ApiConnectionException;
import com.stripe.exception.StripeException;
import com.stripe.model.HasId;
import com.stripe.model.Price;
import com.stripe.model.Product;
import com.stripe.model.ProductFeature;
import com.stripe.model.StripeCollection;
import com.stripe.model.billing.Meter;
import com.stripe.model.entitlements.Feature;
import com.stripe.param.PriceListParams;
import com.stripe.param.ProductFeatureListParams;
import com.stripe.param.ProductListParams;
import com.stripe.param.billing.MeterListParams;
import com.stripe.param.entitlements.FeatureListParams;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * Asks Stripe for what tiers wish for. By lists and not by searches, which do not know what was
 * made a minute ago. Thread-safe.
 */
final class CatalogLook {

  private static final long PAGE = 100;

  /** Stripe takes ten lookup keys at once. */
  private static final int MOST_KEYS = 10;

  private final StripeClient stripe;

  CatalogLook(StripeClient stripe) {
    this.stripe = stripe;
  }

  /**
   * What names another is asked for before that other, so that what another run makes meanwhile is
   * not known by its name alone: a price before its product and its meter.
   */
  CatalogFound at(CatalogWish wish) throws StripeException {
    Map<String, Price> prices = prices(wish);
    Map<String, Product> products = products();
    Map<String, Set<String>> attached = attached(wish, products, prices);
    return new CatalogFound(meters(), features(wish), products, prices, attached);
  }

  private List<Meter> meters() throws StripeException {
    MeterListParams page = MeterListParams.builder().setLimit(PAGE).build();
    return all(() -> stripe.v1().billing().meters().list(page));
  }

  private Map<String, Product> products() throws StripeException {
    ProductListParams page = ProductListParams.builder().setLimit(PAGE).build();
    Map<String, Product> products = new LinkedHashMap<>();
    all(() -> stripe.v1().products().list(page))
        .forEach(product -> products.put(product.getId(), product));
    return products;
  }

  private Map<String, Feature> features(CatalogWish wish) throws StripeException {
    Map<String, Feature> features = new TreeMap<>();
    for (String key : wish.features().values()) {
      FeatureListParams named = FeatureListParams.builder().setLookupKey(key).build();
      all(() -> stripe.v1().entitlements().features().list(named))
          .forEach(feature -> features.put(key, feature));
    }
    return features;
  }

  private Map<String, Price> prices(CatalogWish wish) throws StripeException {
    List<String> keys = new ArrayList<>();
    wish.products().values().forEach(product -> keys.addAll(product.prices().keySet()));
    Map<String, Price> prices = new HashMap<>();
    for (int from = 0; from < keys.size(); from += MOST_KEYS) {
      PriceListParams named =
          PriceListParams.builder()
              .addAllLookupKey(keys.subList(from, Math.min(keys.size(), from + MOST_KEYS)))
              .addExpand("data.tiers")
              .setLimit(PAGE)
              .build();
      all(() -> stripe.v1().prices().list(named))
          .forEach(price -> prices.put(price.getLookupKey(), price));
    }
    return prices;
  }

  /** Of those products that may be a tier's. */
  private Map<String, Set<String>> attached(
      CatalogWish wish, Map<String, Product> products, Map<String, Price> prices)
      throws StripeException {
    Set<String> keyed = new HashSet<>();
    prices.values().forEach(price -> keyed.add(price.getProduct()));
    Map<String, Set<String>> attached = new HashMap<>();
    for (Product product : products.values()) {
      if (keyed.contains(product.getId()) || wish.names().marks(product)) {
        attached.put(product.getId(), attached(product));
      }
    }
    return attached;
  }

  private Set<String> attached(Product product) throws StripeException {
    ProductFeatureListParams page = ProductFeatureListParams.builder().setLimit(PAGE).build();
    Set<String> keys = new HashSet<>();
    for (ProductFeature one :
        all(() -> stripe.v1().products().features().list(product.getId(), page))) {
      keys.add(one.getEntitlementFeature().getLookupKey());
    }
    return keys;
  }

  /** A list that is asked for. */
  @FunctionalInterface
  private interface Pages<T extends HasId> {
    StripeCollection<T> first() throws StripeException;
  }

  /** All pages, once more where one did not come. */
  private static <T extends HasId> List<T> all(Pages<T> pages) throws StripeException {
    try {
      return read(pages);
    } catch (ApiConnectionException e) {
      return read(pages);
    }
  }

  private static <T extends HasId> List<T> read(Pages<T> pages) throws StripeException {
    List<T> all = new ArrayList<>();
    for (T one : pages.first().autoPagingIterable()) {
      all.add(one);
    }
    return all;
  }
}
