// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.testkit.stripe;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.math.BigDecimal;

/** What a price may be, and how its fields depend on each other. */
final class PriceRules {

  private static final int DECIMALS = 12;

  private PriceRules() {}

  static void check(ObjectNode params, Store store) {
    boolean tiered = Json.textOrEmpty(params, "billing_scheme").equals("tiered");
    boolean amount = Json.has(params, "unit_amount");
    boolean decimal = Json.has(params, "unit_amount_decimal");
    if (amount && decimal) {
      throw wrong("unit_amount", "You may only specify one of: unit_amount, unit_amount_decimal.");
    }
    if (tiered == (amount || decimal)) {
      throw wrong(
          "unit_amount",
          tiered
              ? "`unit_amount` cannot be used with `billing_scheme=tiered`."
              : "Missing required param: unit_amount.");
    }
    if (tiered) {
      tiers(params);
    } else if (params.has("tiers") || params.has("tiers_mode")) {
      throw wrong("tiers", "`tiers` can only be used with `billing_scheme=tiered`.");
    }
    if (decimal) {
      scale(params, "unit_amount_decimal", "unit_amount_decimal");
    }
    if (Json.textOrEmpty(params, "lookup_key").length() > 200) {
      throw wrong("lookup_key", "Invalid string: must be at most 200 characters");
    }
    recurring(params.path("recurring"), store);
  }

  private static void tiers(ObjectNode params) {
    if (params.has("transform_quantity")) {
      throw wrong("transform_quantity", "`transform_quantity` cannot be combined with `tiers`.");
    }
    if (!Json.has(params, "tiers_mode") || params.path("tiers").isEmpty()) {
      throw wrong("tiers", "`tiers_mode` and `tiers` are needed with `billing_scheme=tiered`.");
    }
    long before = 0;
    for (int i = 0; i < params.path("tiers").size(); i++) {
      ObjectNode tier = (ObjectNode) params.path("tiers").path(i);
      boolean last = i == params.path("tiers").size() - 1;
      String upTo = Json.textOrEmpty(tier, "up_to");
      if (last != upTo.equals("inf")) {
        throw wrong("tiers[" + i + "][up_to]", "The last tier, and only that, must be `inf`.");
      }
      if (!last && upTo(upTo, i) <= before) {
        throw wrong("tiers[" + i + "][up_to]", "Tiers must be ascending.");
      }
      before = last ? before : upTo(upTo, i);
      scale(tier, "unit_amount_decimal", "tiers[" + i + "][unit_amount_decimal]");
      scale(tier, "flat_amount_decimal", "tiers[" + i + "][flat_amount_decimal]");
    }
  }

  private static long upTo(String text, int tier) {
    try {
      return Long.parseLong(text);
    } catch (NumberFormatException e) {
      throw wrong("tiers[" + tier + "][up_to]", "Invalid integer: " + text);
    }
  }

  private static void scale(JsonNode of, String field, String param) {
    String text = Json.text(of, field);
    if (text != null && new BigDecimal(text).stripTrailingZeros().scale() > DECIMALS) {
      throw wrong(param, "Invalid decimal: " + text + "; must have at most 12 decimal places");
    }
  }

  private static void recurring(JsonNode recurring, Store store) {
    boolean metered = Json.textOrEmpty(recurring, "usage_type").equals("metered");
    String meter = Json.text(recurring, "meter");
    if (metered && meter == null) {
      throw wrong(
          "recurring[meter]",
          "Metered prices must be backed by meters: usage records were removed with 2025-03-31.basil.");
    }
    if (meter != null) {
      ObjectNode found = store.named("billing.meter", meter, "recurring[meter]");
      if (!metered) {
        throw wrong("recurring[usage_type]", "A price with a meter must be metered.");
      }
      if (!Json.textOrEmpty(found, "status").equals("active")) {
        throw wrong("recurring[meter]", "The meter " + meter + " is not active.");
      }
    }
  }

  private static StripeError wrong(String param, String message) {
    return StripeError.invalid("parameter_invalid", param, message);
  }

  /** Fills in what follows from the rest. */
  static void complete(ObjectNode price) {
    amounts(price, "unit_amount");
    for (ObjectNode tier : Json.objects(price.path("tiers"))) {
      amounts(tier, "unit_amount");
      amounts(tier, "flat_amount");
      String upTo = Json.textOrEmpty(tier, "up_to");
      if (upTo.equals("inf")) {
        tier.putNull("up_to");
      } else {
        tier.put("up_to", Long.parseLong(upTo));
      }
    }
    if (price.get("recurring") instanceof ObjectNode recurring) {
      ObjectNode complete = Json.object();
      complete.putNull("interval").put("interval_count", 1).putNull("meter");
      complete.putNull("trial_period_days").put("usage_type", "licensed");
      complete.setAll(recurring);
      price.set("recurring", complete);
    }
    if (price.get("tiers") instanceof ArrayNode tiers && tiers.isEmpty()) {
      price.remove("tiers");
    }
  }

  /**
   * An amount in whole cents is also told as a decimal, and a decimal without fraction as whole.
   */
  private static void amounts(ObjectNode of, String name) {
    String decimal = Json.text(of, name + "_decimal");
    if (Json.has(of, name)) {
      of.put(name + "_decimal", of.path(name).asText());
    } else if (decimal != null) {
      BigDecimal exact = new BigDecimal(decimal).stripTrailingZeros();
      if (exact.scale() <= 0) {
        of.put(name, exact.longValueExact());
      } else {
        of.putNull(name);
      }
    } else {
      of.putNull(name).putNull(name + "_decimal");
    }
  }
}
