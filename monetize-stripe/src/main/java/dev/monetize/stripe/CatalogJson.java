// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.stripe;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.monetize.price.Price.Tiered.Mode;
import dev.monetize.stripe.CatalogChange.AttachFeature;
import dev.monetize.stripe.CatalogChange.CreateFeature;
import dev.monetize.stripe.CatalogChange.CreateMeter;
import dev.monetize.stripe.CatalogChange.CreatePrice;
import dev.monetize.stripe.CatalogChange.CreateProduct;
import dev.monetize.stripe.CatalogChange.MarkPrice;
import dev.monetize.stripe.CatalogChange.ReplacePrice;
import dev.monetize.stripe.CatalogChange.UpdateProduct;
import dev.monetize.stripe.StripePrice.Banded;
import dev.monetize.stripe.StripePrice.Other;
import dev.monetize.stripe.StripePrice.PerPackage;
import dev.monetize.stripe.StripePrice.PerUnit;
import java.util.TreeMap;

/** A plan as JSON. Amounts are texts, in the names of Stripe's API. */
final class CatalogJson {

  private CatalogJson() {}

  static String of(CatalogPlan plan) {
    ObjectNode json = JsonNodeFactory.instance.objectNode();
    ArrayNode changes = json.putArray("changes");
    plan.changes().forEach(change -> changes.add(change(change)));
    plan.warnings().forEach(json.putArray("warnings")::add);
    plan.faults().forEach(json.putArray("faults")::add);
    return json.toString();
  }

  private static ObjectNode change(CatalogChange change) {
    ObjectNode json = JsonNodeFactory.instance.objectNode().put("change", change.kind());
    if (change instanceof CreateMeter it) {
      json.put("meter", it.meter()).put("event_name", it.eventName());
    } else if (change instanceof CreateFeature it) {
      json.put("feature", it.feature()).put("lookup_key", it.lookupKey());
    } else if (change instanceof CreateProduct it) {
      json.put("tier", it.tier()).put("name", it.name());
    } else if (change instanceof UpdateProduct it) {
      json.put("tier", it.tier()).put("product", it.product());
      new TreeMap<>(it.values()).forEach(json.putObject("values")::put);
    } else if (change instanceof CreatePrice it) {
      json.put("tier", it.tier()).put("lookup_key", it.lookupKey()).set("price", price(it.price()));
    } else if (change instanceof ReplacePrice it) {
      json.put("tier", it.tier()).put("lookup_key", it.lookupKey()).set("price", price(it.price()));
      it.differences().forEach(json.put("replaces", it.old()).putArray("differences")::add);
    } else if (change instanceof MarkPrice it) {
      json.put("tier", it.tier()).put("lookup_key", it.lookupKey()).put("price", it.price());
    } else if (change instanceof AttachFeature it) {
      json.put("tier", it.tier()).put("lookup_key", it.lookupKey());
    }
    return json.put("text", change.toString());
  }

  private static ObjectNode price(StripePrice price) {
    ObjectNode json = JsonNodeFactory.instance.objectNode().put("currency", price.currency());
    json.put("interval", price.interval()).put("event_name", price.eventName().orElse(null));
    if (price.scheme() instanceof PerUnit unit) {
      json.put("unit_amount_decimal", unit.each().toPlainString());
    } else if (price.scheme() instanceof PerPackage pack) {
      json.put("unit_amount_decimal", pack.each().toPlainString()).put("divide_by", pack.size());
    } else if (price.scheme() instanceof Banded banded) {
      json.put("tiers_mode", banded.mode() == Mode.VOLUME ? "volume" : "graduated");
      ArrayNode tiers = json.putArray("tiers");
      banded
          .bands()
          .forEach(
              band ->
                  tiers
                      .addObject()
                      .put("up_to", band.upTo().isPresent() ? band.upTo().getAsLong() : null)
                      .put("unit_amount_decimal", band.each().toPlainString())
                      .put("flat_amount_decimal", band.flat().toPlainString()));
    } else if (price.scheme() instanceof Other other) {
      json.put("other", other.text());
    }
    return json;
  }
}
