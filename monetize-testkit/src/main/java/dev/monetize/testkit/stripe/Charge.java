// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.testkit.stripe;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.ArrayList;
import java.util.List;

/**
 * One line that a price comes to: an amount in whole cents, for so many units. Graduated tiers come
 * to a line each, flat fees to one without units. What is not a whole cent is rounded on each line,
 * half up.
 */
record Charge(long amount, BigDecimal quantity, String unitAmount, String note) {

  /** What so many units cost; nothing is paid back for a negative number. */
  static List<Charge> of(JsonNode price, BigDecimal units) {
    BigDecimal quantity = units.max(BigDecimal.ZERO);
    return switch (Json.textOrEmpty(price, "tiers_mode")) {
      case "graduated" -> graduated(Json.objects(price.path("tiers")), quantity);
      case "volume" -> volume(Json.objects(price.path("tiers")), quantity);
      default -> List.of(perUnit(price, quantity));
    };
  }

  /** The sum. */
  static long total(JsonNode price, BigDecimal units) {
    return of(price, units).stream().mapToLong(Charge::amount).sum();
  }

  private static Charge perUnit(JsonNode price, BigDecimal quantity) {
    JsonNode transform = price.path("transform_quantity");
    BigDecimal packs = quantity;
    if (transform.isObject()) {
      RoundingMode way =
          Json.textOrEmpty(transform, "round").equals("up")
              ? RoundingMode.CEILING
              : RoundingMode.FLOOR;
      packs = quantity.divide(new BigDecimal(transform.path("divide_by").asText()), 0, way);
    }
    return units(price, packs, quantity, "");
  }

  private static List<Charge> graduated(List<ObjectNode> tiers, BigDecimal quantity) {
    List<Charge> charges = new ArrayList<>();
    BigDecimal below = BigDecimal.ZERO;
    for (int i = 0; i < tiers.size(); i++) {
      ObjectNode tier = tiers.get(i);
      if (i > 0 && quantity.compareTo(below) <= 0) {
        break;
      }
      BigDecimal upTo = upTo(tier, quantity).min(quantity);
      add(charges, tier, upTo.subtract(below), " (Tier " + (i + 1) + ")");
      below = upTo(tier, quantity);
    }
    return charges;
  }

  private static List<Charge> volume(List<ObjectNode> tiers, BigDecimal quantity) {
    List<Charge> charges = new ArrayList<>();
    for (int i = 0; charges.isEmpty(); i++) {
      ObjectNode tier = tiers.get(i);
      if (quantity.compareTo(upTo(tier, quantity)) <= 0) {
        add(charges, tier, quantity, " (Tier " + (i + 1) + ")");
      }
    }
    return charges;
  }

  private static BigDecimal upTo(ObjectNode tier, BigDecimal quantity) {
    return Json.has(tier, "up_to") ? new BigDecimal(tier.path("up_to").asText()) : quantity;
  }

  private static void add(List<Charge> charges, ObjectNode tier, BigDecimal units, String note) {
    charges.add(units(tier, units, units, note));
    BigDecimal flat = decimal(tier, "flat_amount_decimal");
    if (flat.signum() != 0) {
      charges.add(
          new Charge(cents(flat), BigDecimal.ZERO, flat.toPlainString(), note + " flat fee"));
    }
  }

  private static Charge units(JsonNode of, BigDecimal priced, BigDecimal shown, String note) {
    BigDecimal unit = decimal(of, "unit_amount_decimal");
    return new Charge(cents(unit.multiply(priced)), shown, unit.toPlainString(), note);
  }

  private static BigDecimal decimal(JsonNode of, String field) {
    String text = Json.text(of, field);
    return text == null ? BigDecimal.ZERO : new BigDecimal(text);
  }

  static long cents(BigDecimal exact) {
    return exact.setScale(0, RoundingMode.HALF_UP).longValueExact();
  }
}
