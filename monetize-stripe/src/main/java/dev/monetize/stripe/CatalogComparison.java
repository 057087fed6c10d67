// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.stripe;

import com.stripe.model.Price;
import com.stripe.model.Product;
import com.stripe.model.billing.Meter;
import com.stripe.model.entitlements.Feature;
import dev.monetize.stripe.CatalogWish.ProductWish;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** What is wished for beside what is there. Used once. */
final class CatalogComparison {

  private final CatalogWish wish;
  private final CatalogFound found;
  private final List<CatalogChange> changes = new ArrayList<>();
  private final List<CatalogChange> attachments = new ArrayList<>();
  private final List<String> warnings;
  private final List<String> faults;

  private CatalogComparison(CatalogWish wish, CatalogFound found) {
    this.wish = wish;
    this.found = found;
    this.warnings = new ArrayList<>(wish.warnings());
    this.faults = new ArrayList<>(wish.faults());
  }

  static CatalogPlan plan(CatalogWish wish, CatalogFound found) {
    CatalogComparison comparison = new CatalogComparison(wish, found);
    wish.meters().forEach(comparison::meter);
    wish.features().forEach(comparison::feature);
    wish.products().values().forEach(comparison::product);
    comparison.changes.addAll(comparison.attachments);
    comparison.tellLeft();
    return new CatalogPlan(wish, comparison.changes, comparison.warnings, comparison.faults);
  }

  private void meter(String meter, String eventName) {
    Meter there = found.meter(eventName);
    if (there == null) {
      changes.add(new CatalogChange.CreateMeter(meter, eventName));
    } else {
      MeterChecks.check(there, faults);
    }
  }

  private void feature(String name, String key) {
    Feature there = found.features().get(key);
    if (there == null) {
      changes.add(new CatalogChange.CreateFeature(name, key));
    } else if (!Boolean.TRUE.equals(there.getActive())) {
      faults.add(
          "feature %s is archived at Stripe (%s): make it active again"
              .formatted(key, there.getId()));
    }
  }

  private void product(ProductWish product) {
    Map<String, Product> candidates = CatalogProducts.of(product, wish.names(), found);
    if (candidates.size() > 1) {
      faults.add(
          "tier %s has several products at Stripe, %s: take %s out of the metadata of all but one"
              .formatted(
                  product.tier(),
                  String.join(", ", new TreeSet<>(candidates.keySet())),
                  LookupKeys.TIER));
      return;
    }
    Product there = candidates.values().stream().findFirst().orElse(null);
    if (there == null) {
      changes.add(
          new CatalogChange.CreateProduct(product.tier(), product.name().orElse(product.tier())));
    } else if (!Boolean.TRUE.equals(there.getActive())) {
      faults.add(
          "product %s of tier %s is archived at Stripe: make it active again, or take %s out of its metadata to have another made"
              .formatted(there.getId(), product.tier(), LookupKeys.TIER));
      return;
    } else {
      update(product, there);
    }
    product.prices().forEach((key, price) -> price(product.tier(), key, price, there));
    attach(product, there);
  }

  private void update(ProductWish product, Product there) {
    Map<String, String> values = new TreeMap<>();
    product
        .name()
        .filter(name -> !name.equals(there.getName()))
        .ifPresent(name -> values.put("name", name));
    if (!wish.names().marks(there)) {
      values.put("metadata." + CatalogNames.PREFIX, wish.names().keys().prefix());
    }
    if (!values.isEmpty()) {
      changes.add(new CatalogChange.UpdateProduct(product.tier(), there.getId(), values));
    }
  }

  private void price(String tier, String key, StripePrice price, @Nullable Product product) {
    Price there = found.prices().get(key);
    if (there == null) {
      changes.add(new CatalogChange.CreatePrice(tier, key, price));
      return;
    }
    if (product == null || !product.getId().equals(there.getProduct())) {
      faults.add(
          "lookup key %s is that of price %s of product %s, which is not tier %s's: take the key from that price, or give that product the metadata %s = %s"
              .formatted(key, there.getId(), there.getProduct(), tier, LookupKeys.TIER, tier));
      return;
    }
    if (!Boolean.TRUE.equals(there.getActive())) {
      faults.add(
          "price %s with lookup key %s is archived at Stripe: make it active again, or take its lookup key away to have another made"
              .formatted(there.getId(), key));
      return;
    }
    List<String> differences = price.differences(FoundPrice.of(there, found));
    if (!differences.isEmpty()) {
      changes.add(new CatalogChange.ReplacePrice(tier, key, price, there.getId(), differences));
    } else if (!tier.equals(CatalogFound.says(there.getMetadata(), LookupKeys.TIER))) {
      changes.add(new CatalogChange.MarkPrice(tier, key, there.getId()));
    }
  }

  private void attach(ProductWish product, @Nullable Product there) {
    Set<String> attached =
        there == null ? Set.of() : found.attached().getOrDefault(there.getId(), Set.of());
    for (String key : product.features()) {
      if (!attached.contains(key)) {
        attachments.add(new CatalogChange.AttachFeature(product.tier(), key));
      }
    }
    for (String key : new TreeSet<>(attached)) {
      if (key.startsWith(wish.names().feature("")) && !product.features().contains(key)) {
        warnings.add(
            "tier %s: its customers go on being entitled to feature %s, which it does not have: take it from the product at Stripe"
                .formatted(product.tier(), key));
      }
    }
  }

  /** Products of tiers that are gone are kept for those who have them. */
  private void tellLeft() {
    Map<String, String> left = new LinkedHashMap<>();
    for (Product product : found.products().values()) {
      String tier = CatalogFound.says(product.getMetadata(), LookupKeys.TIER);
      if (tier != null
          && wish.names().marks(product)
          && Boolean.TRUE.equals(product.getActive())
          && !wish.products().containsKey(tier)) {
        left.put(product.getId(), tier);
      }
    }
    left.forEach(
        (product, tier) ->
            warnings.add(
                "product %s is of tier %s, which is not sold any more: it is left as it is"
                    .formatted(product, tier)));
  }
}
