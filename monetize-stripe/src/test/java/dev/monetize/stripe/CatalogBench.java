// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.stripe;

import com.stripe.StripeClient;
import com.stripe.exception.StripeException;
import com.stripe.model.Price;
import com.stripe.model.Product;
import com.stripe.model.ProductFeature;
import com.stripe.model.billing.Meter;
import com.stripe.model.entitlements.Feature;
import com.stripe.param.PriceListParams;
import com.stripe.param.ProductListParams;
import dev.monetize.testkit.MutableClock;
import dev.monetize.testkit.stripe.FakeStripe;
import dev.monetize.tier.TierCatalog;
import java.net.URI;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;

/** A Stripe that a catalog is applied to. */
final class CatalogBench implements AutoCloseable {

  final MutableClock clock = new MutableClock(Instant.parse("2026-03-10T12:00:00Z"));
  final FakeStripe stripe = FakeStripe.builder().clock(clock).start();
  final StripeConnection connection =
      StripeConnection.with(stripe.apiKey()).at(URI.create(stripe.apiBase()));
  final StripeClient client = connection.client();

  /** As a process of its own has it. */
  StripeCatalog catalog() {
    return StripeCatalog.of(connection);
  }

  static TierCatalog tiers(String text) {
    return TierCatalog.parse("tiers.yml", text);
  }

  CatalogPlan plan(String text) throws StripeException {
    return catalog().plan(tiers(text));
  }

  CatalogPlan apply(String text) throws StripeException {
    return catalog().apply(tiers(text));
  }

  /** The price that has a key; its tiers too. */
  Price price(String key) throws StripeException {
    PriceListParams named =
        PriceListParams.builder().addLookupKey(key).addExpand("data.tiers").build();
    List<Price> found = client.v1().prices().list(named).getData();
    if (found.size() != 1) {
      throw new AssertionError(found.size() + " prices with " + key);
    }
    return found.get(0);
  }

  Product product(String tier) throws StripeException {
    return products().stream()
        .filter(each -> tier.equals(each.getMetadata().get("monetize_tier")))
        .findFirst()
        .orElseThrow();
  }

  List<Product> products() throws StripeException {
    return client
        .v1()
        .products()
        .list(ProductListParams.builder().setLimit(100L).build())
        .getData();
  }

  List<Price> prices() throws StripeException {
    PriceListParams all = PriceListParams.builder().setLimit(100L).addExpand("data.tiers").build();
    return client.v1().prices().list(all).getData();
  }

  List<Meter> meters() throws StripeException {
    return client.v1().billing().meters().list().getData();
  }

  /** All that is there, without ids and in an order of its own: what two accounts can share. */
  String everything() throws StripeException {
    List<String> lines = new ArrayList<>();
    for (Meter meter : meters()) {
      lines.add(
          "meter %s %s %s"
              .formatted(
                  meter.getEventName(),
                  meter.getDisplayName(),
                  meter.getDefaultAggregation().getFormula()));
    }
    for (Feature feature : client.v1().entitlements().features().list().getData()) {
      lines.add("feature " + feature.getLookupKey() + " " + feature.getName());
    }
    CatalogFound found =
        new CatalogFound(
            meters(), new TreeMap<>(), new TreeMap<>(), new TreeMap<>(), new TreeMap<>());
    List<Price> prices = prices();
    for (Product product : products()) {
      String name = product.getName() + " " + new TreeMap<>(product.getMetadata());
      lines.add("product " + name + " " + product.getActive());
      for (ProductFeature one : client.v1().products().features().list(product.getId()).getData()) {
        lines.add("attached " + name + " " + one.getEntitlementFeature().getLookupKey());
      }
      for (Price price : prices) {
        if (price.getProduct().equals(product.getId())) {
          lines.add(
              "price %s %s %s %s %s"
                  .formatted(
                      name,
                      price.getLookupKey(),
                      price.getActive(),
                      new TreeMap<>(price.getMetadata()),
                      FoundPrice.of(price, found)));
        }
      }
    }
    lines.sort(null);
    return String.join("\n", lines);
  }

  long posts() {
    return stripe.calls("POST", "/v1/products")
        + stripe.calls("POST", "/v1/prices")
        + stripe.calls("POST", "/v1/billing/meters")
        + stripe.calls("POST", "/v1/entitlements/features");
  }

  @Override
  public void close() {
    stripe.close();
  }
}
