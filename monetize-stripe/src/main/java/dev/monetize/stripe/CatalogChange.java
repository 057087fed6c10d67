// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.stripe;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Something that is done at Stripe to make it agree with the tiers. Nothing is ever deleted or
 * archived. Its text is a line for people to read.
 */
public sealed interface CatalogChange {

  /** What it is called in JSON: {@code create_price}. */
  String kind();

  /**
   * A meter is made, which adds up what is reported.
   *
   * @param meter ours
   */
  record CreateMeter(String meter, String eventName) implements CatalogChange {

    @Override
    public String kind() {
      return "create_meter";
    }

    @Override
    public String toString() {
      return "make meter %s, the sum of events %s".formatted(meter, eventName);
    }
  }

  /** A feature that customers can be entitled to is made. */
  record CreateFeature(String feature, String lookupKey) implements CatalogChange {

    @Override
    public String kind() {
      return "create_feature";
    }

    @Override
    public String toString() {
      return "make feature " + lookupKey;
    }
  }

  /**
   * A product is made.
   *
   * @param name what customers read on invoices
   */
  record CreateProduct(String tier, String name) implements CatalogChange {

    @Override
    public String kind() {
      return "create_product";
    }

    @Override
    public String toString() {
      return "make product \"%s\" of tier %s".formatted(name, tier);
    }
  }

  /**
   * A product is told what it is called, or what it is of.
   *
   * @param product Stripe's id
   * @param values what it will say then, by field; {@code metadata.x} is x of its metadata
   */
  record UpdateProduct(String tier, String product, Map<String, String> values)
      implements CatalogChange {

    public UpdateProduct {
      values = Map.copyOf(values);
    }

    @Override
    public String kind() {
      return "update_product";
    }

    @Override
    public String toString() {
      return "have product %s of tier %s say %s".formatted(product, tier, new TreeMap<>(values));
    }
  }

  /** A price is made, for which there is none yet. */
  record CreatePrice(String tier, String lookupKey, StripePrice price) implements CatalogChange {

    @Override
    public String kind() {
      return "create_price";
    }

    @Override
    public String toString() {
      return "make price %s: %s".formatted(lookupKey, price);
    }
  }

  /**
   * A price is made, and takes the lookup key of another, which stays in force for those who pay
   * it.
   *
   * @param old Stripe's id of that other
   * @param differences what is new, for people to read
   */
  record ReplacePrice(
      String tier, String lookupKey, StripePrice price, String old, List<String> differences)
      implements CatalogChange {

    public ReplacePrice {
      differences = List.copyOf(differences);
    }

    @Override
    public String kind() {
      return "replace_price";
    }

    @Override
    public String toString() {
      return "make price %s: %s; in place of %s, which those who have it go on to pay: %s"
          .formatted(lookupKey, price, old, String.join("; ", differences));
    }
  }

  /**
   * A price is told which tier it is of, since its lookup key may move on.
   *
   * @param price Stripe's id
   */
  record MarkPrice(String tier, String lookupKey, String price) implements CatalogChange {

    @Override
    public String kind() {
      return "mark_price";
    }

    @Override
    public String toString() {
      return "have price %s (%s) say that it is of tier %s".formatted(lookupKey, price, tier);
    }
  }

  /** Customers of a tier become entitled to a feature. */
  record AttachFeature(String tier, String lookupKey) implements CatalogChange {

    @Override
    public String kind() {
      return "attach_feature";
    }

    @Override
    public String toString() {
      return "give feature %s to tier %s".formatted(lookupKey, tier);
    }
  }
}
